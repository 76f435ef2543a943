/// What a clock on the wall shows in a zone that is named elsewhere: `2027-12-01T09:00:00`, or a date alone, `2027-12-01`,
/// which stands for 00:00 of it where a time is needed.
public struct WallTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let date: CivilDate
  private let storedSecond: Int32
  /// Whether the text is a date alone.
  public let isDateOnly: Bool

  /// 0…86,399; 0 for a date alone.
  public var secondOfDay: Int { Int(storedSecond) }
  public var hour: Int { secondOfDay / 3600 }
  public var minute: Int { secondOfDay / 60 % 60 }
  public var second: Int { secondOfDay % 60 }

  /// A date alone.
  public init(date: CivilDate) {
    self.date = date
    storedSecond = 0
    isDateOnly = true
  }

  /// - Parameter secondOfDay: below 0 or from 86,400 on it lies in a day before or after `date`.
  public init(date: CivilDate, secondOfDay: Int) {
    self.init(secondsSinceEpoch: date.daysSinceEpoch * 86_400 + secondOfDay)
  }

  /// - Parameter secondsSinceEpoch: seconds of wall time from 1970-01-01T00:00:00, as if each day had 86,400.
  public init(secondsSinceEpoch: Int) {
    let days = secondsSinceEpoch.dividedDown(by: 86_400)
    date = CivilDate(daysSinceEpoch: days)
    storedSecond = Int32(truncatingIfNeeded: secondsSinceEpoch - days * 86_400)
    isDateOnly = false
  }

  /// Seconds of wall time from 1970-01-01T00:00:00, as if each day had 86,400 and no zone existed.
  public var secondsSinceEpoch: Int { date.daysSinceEpoch * 86_400 + secondOfDay }

  /// The date alone of this time.
  public var dateOnly: WallTime { WallTime(date: date) }

  /// By date and time; a date alone comes before 00:00 of the same day.
  public static func < (a: WallTime, b: WallTime) -> Bool {
    if a.date != b.date { return a.date < b.date }
    if a.storedSecond != b.storedSecond { return a.storedSecond < b.storedSecond }
    return a.isDateOnly && !b.isDateOnly
  }

  /// Reads `2027-12-01` or `2027-12-01T09:00:00` and nothing else.
  public init(_ text: String) throws(CivilTimeError) { try self.init(bytes: text.utf8.span) }

  /// Reads `2027-12-01` or `2027-12-01T09:00:00` and nothing else.
  public init(bytes: Span<UInt8>) throws(CivilTimeError) {
    var scanner = CivilTextScanner(bytes)
    let date = try scanner.date()
    if scanner.take("T") {
      self.init(date: date, secondOfDay: try scanner.timeOfDay())
    } else {
      self.init(date: date)
    }
    try scanner.requireEnd()
  }

  public func write(to bytes: inout [UInt8]) {
    date.write(to: &bytes)
    guard !isDateOnly else { return }
    bytes.append(ascii: "T")
    bytes.appendTimeOfDay(secondOfDay)
  }

  public var description: String { asciiText(write) }
}

extension Int {
  /// The quotient rounded towards minus infinity; `divisor` is positive.
  func dividedDown(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  /// What ``dividedDown(by:)`` leaves, 0…divisor − 1.
  func remainderDown(by divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
