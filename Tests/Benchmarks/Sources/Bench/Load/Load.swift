import Synchronization

/// When requests are sent.
enum Load: Sendable, Equatable {
  /// Open loop: so many a second at fixed times, whatever the service does. Latency counts from the time that was fixed, so
  /// that a request which waits for a free connection has waited (no coordinated omission).
  case open(perSecond: Int)
  /// Each user pauses between an answer and the next request.
  case paced(pause: Duration)
  /// Each user sends the next request at once.
  case saturating

  /// Both kinds of users, and the connections of the open loop, unless a phase says otherwise.
  static let users = 50
  static let all: [Load] = [
    .open(perSecond: 200), .open(perSecond: 1000), .paced(pause: .milliseconds(100)), .saturating,
  ]

  var name: String {
    switch self {
    case .open(let rate): "open loop, \(rate)/s"
    case .paced: "\(Self.users) users, 100 ms apart"
    case .saturating: "\(Self.users) users, saturating"
    }
  }
}

/// The times of one phase, handed out to its users. Times count from the phase's beginning.
final class Schedule: Sendable {
  private let load: Load
  private let users: Int
  private let duration: Duration
  private let next = Atomic<Int>(0)

  init(_ load: Load, users: Int = Load.users, duration: Duration) {
    self.load = load
    self.users = users
    self.duration = duration
  }

  /// When a user who is free at `now` sends next, and as which request of the phase; nil when the phase is over.
  func take(user: Int, now: Duration, isFirst: Bool) -> (number: Int, at: Duration)? {
    switch load {
    case .open(let rate):
      let number = next.add(1, ordering: .relaxed).oldValue
      let at = Duration.seconds(1) * number / rate
      return at < duration ? (number, at) : nil
    case .paced(let pause):
      // Users begin spread over the first pause.
      let at = isFirst ? pause * user / users : now + pause
      return at < duration ? (next.add(1, ordering: .relaxed).oldValue, at) : nil
    case .saturating:
      return now < duration ? (next.add(1, ordering: .relaxed).oldValue, now) : nil
    }
  }

  /// Whether latency counts from the fixed time rather than from the sending.
  var countsFromSchedule: Bool { if case .open = load { true } else { false } }
}
