import Recurrence

/// A minute of UTC, which pages of due reminders are kept by.
struct Minute: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Whole minutes from 1970-01-01T00:00Z.
  let sinceEpoch: Int

  init(sinceEpoch: Int) { self.sinceEpoch = sinceEpoch }

  /// The minute that `instant` lies in.
  init(_ instant: Instant) {
    let seconds = instant.secondsSinceEpoch
    sinceEpoch = (seconds - (seconds % 60 + 60) % 60) / 60
  }

  var start: Instant { Instant(secondsSinceEpoch: sinceEpoch * 60) }

  func advanced(by minutes: Int) -> Minute { Minute(sinceEpoch: sinceEpoch + minutes) }

  static func < (a: Minute, b: Minute) -> Bool { a.sinceEpoch < b.sinceEpoch }

  /// As keys name it: `2027-03-14T07:30`.
  var description: String { String(start.description.prefix(16)) }
}
