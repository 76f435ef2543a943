/// A duration as RFC 5545 §3.3.6 writes it: `PT30M`, `P1DT2H`, `-P2W`. Weeks and days are calendar days of a zone, which may
/// have 23 or 25 hours; hours, minutes and seconds are exact. Read text is written back as it came, save for leading zeros and a plus.
public struct ISODuration: Hashable, Sendable, CustomStringConvertible {
  /// Whether a minus stands before it; the parts below are never negative.
  public let isNegative: Bool
  private let weeks: Int32?
  private let days: Int32?
  private let hours: Int32?
  private let minutes: Int32?
  private let seconds: Int32?

  /// The calendar days, negative when the duration is.
  public var calendarDays: Int { signed(Int(weeks ?? 0) * 7 + Int(days ?? 0)) }
  /// The exact seconds, on top of the days; negative when the duration is.
  public var exactSeconds: Int { signed(Int(hours ?? 0) * 3600 + Int(minutes ?? 0) * 60 + Int(seconds ?? 0)) }

  private func signed(_ value: Int) -> Int { isNegative ? -value : value }

  /// The longest duration, so that a date and a duration always make a date: 36,525 days, a hundred years.
  public static let maximumDays = 36_525

  /// Reads an RFC 5545 duration. Weeks stand alone, as there; minutes may be left out between hours and seconds.
  public init(_ text: String) throws(CivilTimeError) { try self.init(bytes: text.utf8.span) }

  /// Reads an RFC 5545 duration, as ``init(_:)`` does.
  public init(bytes: Span<UInt8>) throws(CivilTimeError) {
    var scanner = CivilTextScanner(bytes)
    isNegative = scanner.take("-")
    if !isNegative { _ = scanner.take("+") }
    try scanner.require("P")
    var parts = Parts()
    if scanner.next != UInt8(ascii: "T") { try scanner.dateParts(&parts) }
    if parts.weeks == nil, scanner.take("T") { try scanner.timeParts(&parts) }
    try scanner.requireEnd()
    (weeks, days, hours, minutes, seconds) = (parts.weeks, parts.days, parts.hours, parts.minutes, parts.seconds)
    guard abs(calendarDays) + abs(exactSeconds) / 86_400 <= Self.maximumDays else {
      throw CivilTimeError(offset: 0, reason: "A duration has at most \(Self.maximumDays) days")
    }
  }

  public func write(to bytes: inout [UInt8]) {
    func append(_ part: Int32?, _ unit: Unicode.Scalar) {
      guard let part else { return }
      bytes.appendDecimal(Int(part))
      bytes.append(ascii: unit)
    }
    if isNegative { bytes.append(ascii: "-") }
    bytes.append(ascii: "P")
    append(weeks, "W")
    append(days, "D")
    if hours != nil || minutes != nil || seconds != nil { bytes.append(ascii: "T") }
    append(hours, "H")
    append(minutes, "M")
    append(seconds, "S")
  }

  public var description: String { asciiText(write) }

  fileprivate struct Parts {
    var weeks, days, hours, minutes, seconds: Int32?
  }
}

extension CivilTextScanner {
  @_lifetime(self: copy self)
  fileprivate mutating func dateParts(_ parts: inout ISODuration.Parts) throws(CivilTimeError) {
    let value = try duration()
    if take("W") {
      parts.weeks = value
    } else if take("D") {
      parts.days = value
    } else {
      throw expected("'W' or 'D', the unit of weeks or days (hours, minutes and seconds come after a 'T')")
    }
  }

  @_lifetime(self: copy self)
  fileprivate mutating func timeParts(_ parts: inout ISODuration.Parts) throws(CivilTimeError) {
    repeat {
      let value = try duration()
      if parts.hours == nil, parts.minutes == nil, take("H") {
        parts.hours = value
      } else if parts.minutes == nil, take("M") {
        parts.minutes = value
      } else if take("S") {
        parts.seconds = value
      } else {
        throw expected("a unit: 'H', 'M' and 'S' in this order, each once")
      }
    } while parts.seconds == nil && next != nil
  }

  /// Takes one to nine digits.
  @_lifetime(self: copy self)
  private mutating func duration() throws(CivilTimeError) -> Int32 {
    guard let first = takeDigit() else { throw expected("a digit") }
    var value = Int32(first)
    while let digit = takeDigit() {
      guard value < 100_000_000 else {
        throw CivilTimeError(offset: offset - 1, reason: "A part of a duration has at most nine digits")
      }
      value = value * 10 + Int32(digit)
    }
    return value
  }
}
