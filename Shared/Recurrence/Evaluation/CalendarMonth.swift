/// A month of a year, with what evaluating a rule asks of it.
struct CalendarMonth {
  let year: Int
  /// 1…12.
  let month: Int
  /// Days from the epoch to the first of the month.
  let firstDay: Int
  /// 28…31.
  let length: Int
  let firstWeekday: Weekday

  /// After 400 years, 146,097 days or 20,871 weeks, the calendar repeats itself.
  static let perCycle = 4800
  static let daysPerCycle = 146_097

  /// The index of December 9999, the last month that texts can name.
  static let lastIndex = CivilDate.years.upperBound * 12 + 11

  /// - Parameter index: months from January of year 0.
  init(index: Int) {
    year = index.dividedDown(by: 12)
    month = index.remainderDown(by: 12) + 1
    firstDay = CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
    length = CivilDate.days(inMonth: month, of: year)
    firstWeekday = CivilDate.weekday(daysSinceEpoch: firstDay)
  }

  /// The index of the month that a date lies in.
  static func index(of date: CivilDate) -> Int { date.year * 12 + date.month - 1 }

  static func index(ofDay daysSinceEpoch: Int) -> Int { index(of: CivilDate(daysSinceEpoch: daysSinceEpoch)) }

  /// A bit for each day.
  var allDays: UInt32 { .max >> UInt32(32 - length) }
}
