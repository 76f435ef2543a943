import Synchronization

/// Lets one task sleep until something was appended, its time is up or it is cancelled. Once fired it stays so.
final class AppendSignal: Sendable {
  private enum State {
    case armed
    case waiting(CheckedContinuation<Void, Never>)
    case fired
  }
  private let state = Mutex(State.armed)

  func fire() {
    let former = state.withLock { state in
      defer { state = .fired }
      return state
    }
    if case .waiting(let continuation) = former { continuation.resume() }
  }

  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let hasFired = state.withLock { state in
          if case .fired = state { return true }
          state = .waiting(continuation)
          return false
        }
        if hasFired { continuation.resume() }
      }
    } onCancel: {
      fire()
    }
  }
}
