import HTTP2Transport
import Synchronization

/// Requests in the order in which they came, for one task that waits for them.
final class Arrivals: Sendable {
  private struct State {
    var requests: [HTTPRequest] = []
    var waiter: CheckedContinuation<HTTPRequest?, Never>?
  }

  private let state = Mutex(State())

  func add(_ request: HTTPRequest) {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.requests.append(request) }
      return state.waiter
    }
    waiter?.resume(returning: request)
  }

  /// The next one; nil when the waiting task is cancelled, as by a test's time limit.
  func next() async -> HTTPRequest? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let first: HTTPRequest?? = state.withLock { state in
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
  func nextIfThere() -> HTTPRequest? { state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() } }

  /// What has come and was not taken.
  var waiting: [HTTPRequest] { state.withLock { $0.requests } }
}
