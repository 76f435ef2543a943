/// A date of the proleptic Gregorian calendar. Text is `2027-12-01` for the years 0001 to 9999; arithmetic goes beyond.
public struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let storedYear: Int32
  private let storedMonth: UInt8
  private let storedDay: UInt8

  /// The astronomical year: 0 is the one before 1.
  public var year: Int { Int(storedYear) }
  /// 1…12.
  public var month: Int { Int(storedMonth) }
  /// The day of the month, 1…31.
  public var day: Int { Int(storedDay) }

  /// The years that texts may name.
  public static let years = 1...9999

  /// Nil when there is no such date, or the year is not one that texts may name.
  public init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day else { return nil }
    self.init(validYear: year, month: month, day: day)
  }

  /// For parts that are known to make a date.
  init(validYear year: Int, month: Int, day: Int) {
    storedYear = Int32(truncatingIfNeeded: year)
    storedMonth = UInt8(truncatingIfNeeded: month)
    storedDay = UInt8(truncatingIfNeeded: day)
  }

  /// - Parameter daysSinceEpoch: days from 1970-01-01, negative before; within some five million years of it.
  public init(daysSinceEpoch: Int) {
    // Years are counted from 1 March, so that the leap day is the last one: then every month begins at a fixed day.
    let days = daysSinceEpoch + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      validYear: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Days from 1970-01-01, negative before.
  public var daysSinceEpoch: Int { Self.daysSinceEpoch(year: year, month: month, day: day) }

  /// Days from the epoch to a day counted from the first of a month; `day` may lie outside of the month.
  static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public static func days(inYear year: Int) -> Int { isLeap(year) ? 366 : 365 }

  /// 28…31.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : 30 + (month + month / 8) % 2
  }

  public var weekday: Weekday { Self.weekday(daysSinceEpoch: daysSinceEpoch) }

  static func weekday(daysSinceEpoch days: Int) -> Weekday {
    // 1970-01-01 was a Thursday.
    let index = (days + 3) % 7
    return Weekday(rawValue: (index < 0 ? index + 7 : index) + 1) ?? .monday
  }

  /// 1…366.
  public var dayOfYear: Int { daysSinceEpoch - Self.daysSinceEpoch(year: year, month: 1, day: 1) + 1 }

  /// The ISO 8601 week (1…53) and the year that it belongs to.
  public var isoWeek: (year: Int, week: Int) {
    // A week belongs to the year of its Thursday.
    let thursday = adding(days: 4 - weekday.rawValue)
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }

  public func adding(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

  public static func < (a: CivilDate, b: CivilDate) -> Bool { a.ordinal < b.ordinal }

  private var ordinal: Int { Int(storedYear) << 16 | Int(storedMonth) << 8 | Int(storedDay) }

  /// Reads `2027-12-01` and nothing else.
  public init(_ text: String) throws(CivilTimeError) { try self.init(bytes: text.utf8.span) }

  /// Reads `2027-12-01` and nothing else.
  public init(bytes: Span<UInt8>) throws(CivilTimeError) {
    var scanner = CivilTextScanner(bytes)
    self = try scanner.date()
    try scanner.requireEnd()
  }

  public func write(to bytes: inout [UInt8]) {
    bytes.appendDecimal(year, width: 4)
    bytes.append(ascii: "-")
    bytes.appendDecimal(month, width: 2)
    bytes.append(ascii: "-")
    bytes.appendDecimal(day, width: 2)
  }

  public var description: String { asciiText(write) }
}

extension CivilTextScanner {
  @_lifetime(self: copy self)
  mutating func date() throws(CivilTimeError) -> CivilDate {
    let year = try number("year", digits: 4, in: CivilDate.years)
    try require("-")
    let month = try number("month", digits: 2, in: 1...12)
    try require("-")
    let day = try number("day of that month", digits: 2, in: 1...CivilDate.days(inMonth: month, of: year))
    return CivilDate(validYear: year, month: month, day: day)
  }

  /// Takes `09:00:00` as seconds of the day, 0…86,399.
  @_lifetime(self: copy self)
  mutating func timeOfDay(maximumSecond: Int = 59) throws(CivilTimeError) -> Int {
    let hour = try number("hour", digits: 2, in: 0...23)
    try require(":")
    let minute = try number("minute", digits: 2, in: 0...59)
    try require(":")
    return hour * 3600 + minute * 60 + (try number("second", digits: 2, in: 0...maximumSecond))
  }
}
