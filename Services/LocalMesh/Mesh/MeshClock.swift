import Recurrence

/// The time of day and pauses, given to what writes times and what waits, so that tests need not wait.
struct MeshClock: Sendable {
  let now: @Sendable () -> Instant
  /// Throws `CancellationError` when the task is cancelled.
  let sleep: @Sendable (Duration) async throws -> Void

  static let system = MeshClock(now: { .now() }, sleep: { try await Task.sleep(for: $0) })
}
