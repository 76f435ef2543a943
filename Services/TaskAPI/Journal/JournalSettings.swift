import Daemon

/// The journal's numbers (protocols.md §1).
struct JournalSettings: Sendable {
  var journals = 64
  var slots = 16
  /// An owner writes no more when its lease has lapsed.
  var lease = LeaseTimes()
  /// Callers whose write is stored wait this long for its event's acknowledgement before they hear `in-doubt`.
  var patience: Duration = .seconds(3)
  /// A write that has waited this long is refused rather than sent, so that no caller gives up on one that is under way.
  var longestWait: Duration = .seconds(8)

  /// Between two repetitions of what has failed.
  var longestPause: Duration = .seconds(1)

  /// The pause before the n-th repetition, counted from 1: 50 ms, doubling up to the longest.
  func backoff(_ attempt: Int) -> Duration { min(longestPause, .milliseconds(50 << min(attempt - 1, 20))) }
}

/// Time that only goes forward, injected so that tests own it.
struct MonotonicTime: Sendable {
  /// Since any fixed moment.
  var now: @Sendable () -> Duration
  /// Throws only when its task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void

  static let system: MonotonicTime = {
    let start = ContinuousClock.now
    return MonotonicTime(now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
  }()
}
