import Synchronization

/// What did not end in its time.
struct TimedOut: Error {}

/// Waits for `operation`, but no longer than `limit`, even if it ignores being cancelled: a task group would wait for it.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let outcome = FirstOutcome<Value>()
  let work = Task {
    do { outcome.settle(.success(try await operation())) } catch { outcome.settle(.failure(error)) }
  }
  let timer = Task {
    try await sleep(limit)
    outcome.settle(.failure(TimedOut()))
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { outcome.wait($0) }
  } onCancel: {
    outcome.settle(.failure(CancellationError()))
  }
}

/// Hands the first of several outcomes to one waiter, whichever of them comes first.
private final class FirstOutcome<Value: Sendable>: Sendable {
  private enum State {
    case open
    case waiting(CheckedContinuation<Value, any Error>)
    case settled(Result<Value, any Error>)
    case over
  }

  private let state = Mutex(State.open)

  func wait(_ continuation: CheckedContinuation<Value, any Error>) {
    let settled: Result<Value, any Error>? = state.withLock { state in
      if case .settled(let result) = state {
        state = .over
        return result
      }
      state = .waiting(continuation)
      return nil
    }
    if let settled { continuation.resume(with: settled) }
  }

  func settle(_ result: Result<Value, any Error>) {
    let waiter: CheckedContinuation<Value, any Error>? = state.withLock { state in
      switch state {
      case .open: state = .settled(result)
      case .waiting(let continuation):
        state = .over
        return continuation
      case .settled, .over: break
      }
      return nil
    }
    waiter?.resume(with: result)
  }
}
