import Synchronization

/// What came, in its order, for one task that waits for it.
final class Arrivals<Element: Sendable>: Sendable {
  private struct State {
    var requests: [Element] = []
    var waiter: CheckedContinuation<Element?, Never>?
  }

  private let state = Mutex(State())

  func add(_ request: Element) {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.requests.append(request) }
      return state.waiter
    }
    waiter?.resume(returning: request)
  }

  /// The next one; nil when the waiting task is cancelled, as by a test's time limit.
  func next() async -> Element? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let first: Element?? = state.withLock { state in
          if !state.requests.isEmpty { return state.requests.removeFirst() }
          if Task.isCancelled { return .some(nil) }
          state.waiter = continuation
          return nil
        }
        if let first { continuation.resume(returning: first) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume(returning: nil)
    }
  }

  /// The next one, if it has come.
  func nextIfThere() -> Element? { state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() } }

  /// What has come and was not taken.
  var waiting: [Element] { state.withLock { $0.requests } }
}
