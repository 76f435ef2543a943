/// The offsets from UTC that one IANA time zone had, has and will have.
///
/// Where the wall's clock is set forward, a wall time in the gap is read with the offset before it (02:30 on 8 March 2026 in
/// New York is 07:30Z, shown there as 03:30); where it is set back, the first of the two instants is taken.
public final class TimeZoneRules: Sendable, CustomStringConvertible {
  /// The IANA name, such as `Europe/Paris`.
  public let name: String
  private let transitions: [Int]
  private let offsets: [Int]
  private let initialOffset: Int
  private let footer: POSIXZone?

  /// Coordinated Universal Time, without a file.
  public static let utc = TimeZoneRules(name: "UTC")

  private init(name: String) {
    self.name = name
    transitions = []
    offsets = []
    initialOffset = 0
    footer = nil
  }

  /// - Parameter tzif: the octets of a TZif file of version 2 or later (RFC 9636).
  /// - Throws: `malformed`.
  public init(name: String, tzif: [UInt8]) throws(TimeZoneError) {
    do {
      let file = try TZifFile(tzif)
      self.name = name
      transitions = file.transitions
      offsets = file.offsets
      initialOffset = file.initialOffset
      footer = file.footer
    } catch {
      throw TimeZoneError(code: .malformed, zone: name, reason: error.reason)
    }
  }

  public var description: String { name }

  /// Seconds east of UTC at `instant`.
  public func offset(at instant: Instant) -> Int { span(at: instant.secondsSinceEpoch).offset }

  /// What a clock in the zone shows at `instant`, fractions of a second left out.
  public func wallTime(at instant: Instant) -> WallTime {
    WallTime(secondsSinceEpoch: instant.secondsSinceEpoch + offset(at: instant))
  }

  /// When a clock in the zone shows `wall`; a date alone is 00:00 of it. Gaps and folds: see the type.
  public func instant(of wall: WallTime) -> Instant {
    var resolver = WallTimeResolver(zone: self)
    return Instant(secondsSinceEpoch: resolver.resolve(wall.secondsSinceEpoch).seconds)
  }

  /// `instant` moved by the duration's calendar days on the wall's clock, then by its exact time (RFC 5545 §3.3.6).
  /// - Parameter backwards: moves the other way, as a reminder that comes `before` does.
  public func instant(_ instant: Instant, moved duration: ISODuration, backwards: Bool = false) -> Instant {
    let sign = backwards ? -1 : 1
    var moved = instant
    if duration.calendarDays != 0 {
      let wall = wallTime(at: instant)
      let target = WallTime(date: wall.date.adding(days: sign * duration.calendarDays), secondOfDay: wall.secondOfDay)
      moved = Instant(secondsSinceEpoch: self.instant(of: target).secondsSinceEpoch, nanoseconds: instant.nanoseconds)
    }
    return moved.adding(seconds: sign * duration.exactSeconds)
  }

  /// The time around `time` (seconds from the epoch) in which the offset stays the same.
  func span(at time: Int) -> OffsetSpan {
    // The number of transitions at or before the time, by halving.
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= time { low = middle + 1 } else { high = middle }
    }
    if low == transitions.count, let footer {
      var span = footer.span(at: time)
      if let last = transitions.last { span.start = max(span.start, last) }
      return span
    }
    return OffsetSpan(
      start: low == 0 ? .min : transitions[low - 1], end: low == transitions.count ? .max : transitions[low],
      offset: low == 0 ? initialOffset : offsets[low - 1])
  }
}
