import Synchronization

/// Has requests that touch the same keys run one after another, in the order in which they came: a change finds the task as
/// the one before left it, and a repeat under an `Idempotency-Key` waits for the first answer. Between processes the ETags
/// of the store decide.
final class KeyLocks: Sendable {
  /// Who waits for a key that is held.
  private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  func withLock<Value, Failure: Error>(
    _ keys: [String], _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let keys = Set(keys).sorted()
    for key in keys { await lock(key) }
    defer { for key in keys { unlock(key) } }
    return try await body()
  }

  private func lock(_ key: String) async {
    if take(key) { return }
    await withCheckedContinuation { continuation in
      let isTaken = waiting.withLock { waiting in
        guard waiting[key] != nil else {
          waiting[key] = []
          return true
        }
        waiting[key]?.append(continuation)
        return false
      }
      if isTaken { continuation.resume() }
    }
  }

  private func take(_ key: String) -> Bool {
    waiting.withLock { waiting in
      guard waiting[key] == nil else { return false }
      waiting[key] = []
      return true
    }
  }

  private func unlock(_ key: String) {
    let next: CheckedContinuation<Void, Never>? = waiting.withLock { waiting in
      guard var queue = waiting[key], !queue.isEmpty else {
        waiting[key] = nil
        return nil
      }
      defer { waiting[key] = queue }
      return queue.removeFirst()
    }
    next?.resume()
  }
}
