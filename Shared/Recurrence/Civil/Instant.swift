import Glibc

/// A point of time: UTC without leap seconds, to the nanosecond. Text is RFC 3339, `2027-03-14T07:30:00Z`, with a fraction
/// only when it is not zero. An instant outside of the years 0001 to 9999 is held at their first or last nanosecond.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds from 1970-01-01T00:00:00Z, rounded down.
  public let secondsSinceEpoch: Int
  private let storedNanoseconds: Int32

  /// What comes on top of the whole seconds, 0…999,999,999.
  public var nanoseconds: Int { Int(storedNanoseconds) }

  /// - Parameter nanoseconds: on top of the seconds; anything outside of 0…999,999,999 is carried over.
  public init(secondsSinceEpoch: Int, nanoseconds: Int = 0) {
    let (seconds, overflow) = secondsSinceEpoch.addingReportingOverflow(nanoseconds.dividedDown(by: 1_000_000_000))
    let isTooLate = overflow ? secondsSinceEpoch > 0 : seconds > Self.seconds.upperBound
    let isTooEarly = overflow ? secondsSinceEpoch < 0 : seconds < Self.seconds.lowerBound
    self.secondsSinceEpoch = isTooLate ? Self.seconds.upperBound : isTooEarly ? Self.seconds.lowerBound : seconds
    storedNanoseconds =
      isTooLate
      ? 999_999_999 : isTooEarly ? 0 : Int32(truncatingIfNeeded: nanoseconds.remainderDown(by: 1_000_000_000))
  }

  /// The system's real-time clock.
  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(secondsSinceEpoch: time.tv_sec, nanoseconds: time.tv_nsec)
  }

  /// Milliseconds from the epoch, rounded down.
  public var millisecondsSinceEpoch: Int { secondsSinceEpoch * 1000 + nanoseconds / 1_000_000 }

  public init(millisecondsSinceEpoch: Int) {
    self.init(
      secondsSinceEpoch: millisecondsSinceEpoch.dividedDown(by: 1000),
      nanoseconds: millisecondsSinceEpoch.remainderDown(by: 1000) * 1_000_000)
  }

  /// The last whole millisecond at or before this instant.
  public var roundedDownToMilliseconds: Instant {
    Instant(secondsSinceEpoch: secondsSinceEpoch, nanoseconds: nanoseconds / 1_000_000 * 1_000_000)
  }

  public func adding(seconds: Int) -> Instant {
    let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
    return Instant(secondsSinceEpoch: overflow ? (seconds > 0 ? .max : .min) : sum, nanoseconds: nanoseconds)
  }

  public static func < (a: Instant, b: Instant) -> Bool {
    (a.secondsSinceEpoch, a.storedNanoseconds) < (b.secondsSinceEpoch, b.storedNanoseconds)
  }

  /// Reads an RFC 3339 time: with `Z` or an offset, up to nine digits of a second's fraction, `T` and `Z` in either case.
  /// Second 60 is taken where a leap second may stand, as the second after it.
  public init(_ text: String) throws(CivilTimeError) { try self.init(bytes: text.utf8.span) }

  /// Reads an RFC 3339 time, as ``init(_:)`` does.
  public init(bytes: Span<UInt8>) throws(CivilTimeError) {
    var scanner = CivilTextScanner(bytes)
    let date = try scanner.date()
    guard scanner.take("T") || scanner.take("t") else { throw scanner.expected("'T'") }
    let start = scanner.offset
    let secondOfDay = try scanner.timeOfDay(maximumSecond: 60)
    let nanoseconds = scanner.take(".") ? try scanner.nanoseconds() : 0
    let offset = try scanner.zoneOffset()
    try scanner.requireEnd()
    let seconds = date.daysSinceEpoch * 86_400 + secondOfDay - offset
    if secondOfDay % 60 == 0, bytes[start + 6] == UInt8(ascii: "6"), seconds.remainderDown(by: 86_400) != 0 {
      throw CivilTimeError(offset: start + 6, reason: "Second 60 can only be the last one of a day in UTC")
    }
    guard Self.seconds.contains(seconds) else {
      throw CivilTimeError(offset: 0, reason: "The instant lies outside of the years 0001 to 9999 in UTC")
    }
    self.init(secondsSinceEpoch: seconds, nanoseconds: nanoseconds)
  }

  /// The seconds of the years 0001 to 9999 in UTC, which are the ones that texts may name.
  static let seconds = -62_135_596_800...253_402_300_799

  public func write(to bytes: inout [UInt8]) {
    let wall = WallTime(secondsSinceEpoch: secondsSinceEpoch)
    wall.write(to: &bytes)
    if nanoseconds != 0 {
      bytes.append(ascii: ".")
      bytes.appendDecimal(nanoseconds, width: 9)
      while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
    bytes.append(ascii: "Z")
  }

  public var description: String { asciiText(write) }
}

extension CivilTextScanner {
  /// Takes one to nine digits of a second's fraction.
  @_lifetime(self: copy self)
  fileprivate mutating func nanoseconds() throws(CivilTimeError) -> Int {
    guard var value = takeDigit() else { throw expected("a digit of the second's fraction") }
    var missing = 8
    while let digit = takeDigit() {
      guard missing > 0 else {
        throw CivilTimeError(offset: offset - 1, reason: "A second's fraction has at most nine digits")
      }
      value = value * 10 + digit
      missing -= 1
    }
    for _ in 0..<missing { value *= 10 }
    return value
  }

  /// Takes `Z` or `+01:00` as seconds east of UTC.
  @_lifetime(self: copy self)
  fileprivate mutating func zoneOffset() throws(CivilTimeError) -> Int {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-") else { throw expected("'Z' or an offset such as +01:00") }
    let hours = try number("offset's hour", digits: 2, in: 0...23)
    try require(":")
    let seconds = hours * 3600 + (try number("offset's minute", digits: 2, in: 0...59)) * 60
    return isEast ? seconds : -seconds
  }
}
