import Synchronization

/// Why a daemon stops; the first request counts.
enum StopReason: Sendable, Equatable {
  case signal(Int32)
  case failure
}

/// Waited for by a daemon's run.
final class StopRequest: Sendable {
  private struct State {
    var reason: StopReason?
    var waiter: CheckedContinuation<StopReason, Never>?
  }

  private let state = Mutex(State())

  /// False when a stop was requested before.
  @discardableResult
  func stop(_ reason: StopReason) -> Bool {
    let (isFirst, waiter) = state.withLock { state in
      guard state.reason == nil else { return (false, nil as CheckedContinuation<StopReason, Never>?) }
      state.reason = reason
      defer { state.waiter = nil }
      return (true, state.waiter)
    }
    waiter?.resume(returning: reason)
    return isFirst
  }

  /// To be awaited once.
  func wait() async -> StopReason {
    await withCheckedContinuation { continuation in
      let reason = state.withLock { state in
        if state.reason == nil { state.waiter = continuation }
        return state.reason
      }
      if let reason { continuation.resume(returning: reason) }
    }
  }
}
