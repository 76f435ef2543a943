import Synchronization

/// Lets one task sleep until there may be something to do. A call of ``set()`` while nobody waits is kept for the next wait.
final class WakeSignal: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  func set() {
    let waiter = state.withLock { state in
      let waiter = state.waiter
      state.waiter = nil
      if waiter == nil { state.isSet = true }
      return waiter
    }
    waiter?.resume()
  }

  /// Returns at ``set()`` and when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          precondition(state.waiter == nil, "one task at a time waits for a consumer's records")
          if !state.isSet { state.waiter = continuation }
          defer { state.isSet = false }
          return state.isSet
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      set()
    }
  }
}
