import Recurrence

/// The two clocks: people's time, and one that only runs forward.
struct NotifierClock: Sendable {
  var now: @Sendable () -> Instant
  /// Time since some fixed moment, whatever happens to ``now``.
  var uptime: @Sendable () -> Duration

  static var system: NotifierClock {
    let start = ContinuousClock.now
    return NotifierClock(now: Instant.now, uptime: { start.duration(to: .now) })
  }
}
