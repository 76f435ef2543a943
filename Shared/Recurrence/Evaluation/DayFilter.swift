/// Which days of a month the parts BYMONTH, BYMONTHDAY, BYDAY, BYYEARDAY and BYWEEKNO of a rule leave, as one bit a day:
/// all of a month's days are decided by a few operations, whatever the frequency.
struct DayFilter: Sendable {
  /// Bit m is month m.
  private let months: UInt16
  private let monthDays: MonthDays?
  private let weekdays: Weekdays?
  private let yearDays: [Int]
  private let weekNumbers: [Int]
  private let weekStart: Weekday

  /// - Parameter start: gives the days that a rule leaves open (RFC 5545 §3.3.10).
  init(_ rule: RecurrenceRule, start: CivilDate) {
    let countsInYear = rule.frequency == .yearly && rule.byMonth.isEmpty
    let rule = rule.spelledOut(from: start)
    months = rule.byMonth.isEmpty ? .max : rule.byMonth.reduce(0) { $0 | 1 << UInt16($1) }
    monthDays = rule.byMonthDay.isEmpty ? nil : MonthDays(rule.byMonthDay)
    weekdays = rule.byDay.isEmpty ? nil : Weekdays(rule.byDay, countsInYear: countsInYear)
    yearDays = rule.byYearDay
    weekNumbers = rule.byWeekNo
    weekStart = rule.weekStart
  }

  /// Bit d is day d + 1 of the month.
  func days(of month: CalendarMonth) -> UInt32 {
    guard months & 1 << UInt16(month.month) != 0 else { return 0 }
    var days = month.allDays
    if let monthDays { days &= monthDays.days(of: month) }
    if let weekdays { days &= weekdays.days(of: month) }
    if days != 0, !yearDays.isEmpty { days &= yearDays(of: month) }
    if days != 0, !weekNumbers.isEmpty { days &= weeks(of: month) }
    return days
  }

  /// Whether no month of the calendar's cycle of 400 years has a day left.
  var isNeverMet: Bool {
    (0..<CalendarMonth.perCycle).allSatisfy { days(of: CalendarMonth(index: 2000 * 12 + $0)) == 0 }
  }

  private func yearDays(of month: CalendarMonth) -> UInt32 {
    let yearLength = CivilDate.days(inYear: month.year)
    let daysBefore = month.firstDay - CivilDate.daysSinceEpoch(year: month.year, month: 1, day: 1)
    var days: UInt32 = 0
    for yearDay in yearDays {
      let index = (yearDay > 0 ? yearDay - 1 : yearLength + yearDay) - daysBefore
      if 0..<month.length ~= index { days |= 1 << UInt32(index) }
    }
    return days
  }

  /// The days in weeks of the numbers wanted. A week belongs to the year in which four of its days lie.
  private func weeks(of month: CalendarMonth) -> UInt32 {
    var days: UInt32 = 0
    var index = -((month.firstWeekday.rawValue - weekStart.rawValue + 7) % 7)
    while index < month.length {
      if isWanted(weekFrom: month.firstDay + index) {
        days |= index < 0 ? 0x7F >> UInt32(-index) : 0x7F << UInt32(index)
      }
      index += 7
    }
    return days
  }

  private func isWanted(weekFrom firstDay: Int) -> Bool {
    let middle = CivilDate(daysSinceEpoch: firstDay + 3)
    let index = middle.dayOfYear - 1
    let weeksInYear = (CivilDate.days(inYear: middle.year) - 1 - index % 7) / 7 + 1
    let number = index / 7 + 1
    return weekNumbers.contains { $0 == number || $0 == number - weeksInYear - 1 }
  }
}

/// BYMONTHDAY.
private struct MonthDays: Sendable {
  /// Bit d is day d + 1.
  private var fromStart: UInt32 = 0
  /// Bit 31 − d is day −(d + 1), so that a shift by the month's length puts it into place.
  private var fromEnd: UInt32 = 0

  init(_ days: [Int]) {
    for day in days {
      if day > 0 { fromStart |= 1 << UInt32(day - 1) } else { fromEnd |= 1 << UInt32(32 + day) }
    }
  }

  func days(of month: CalendarMonth) -> UInt32 { fromStart | fromEnd >> UInt32(32 - month.length) }
}

/// BYDAY.
private struct Weekdays: Sendable {
  /// The plain weekdays over six weeks from a Monday, a bit a day.
  private var pattern: UInt64 = 0
  private let counted: [WeekdayOrdinal]
  private let countsInYear: Bool

  init(_ days: [WeekdayOrdinal], countsInYear: Bool) {
    counted = days.filter { $0.ordinal != 0 }
    self.countsInYear = countsInYear
    for day in days where day.ordinal == 0 {
      for week in 0..<6 { pattern |= 1 << UInt64(week * 7 + day.weekday.rawValue - 1) }
    }
  }

  func days(of month: CalendarMonth) -> UInt32 {
    var days = UInt32(truncatingIfNeeded: pattern >> UInt64(month.firstWeekday.rawValue - 1))
    guard !counted.isEmpty else { return days }
    let first = countsInYear ? CivilDate.daysSinceEpoch(year: month.year, month: 1, day: 1) : month.firstDay
    let length = countsInYear ? CivilDate.days(inYear: month.year) : month.length
    let firstWeekday = countsInYear ? CivilDate.weekday(daysSinceEpoch: first) : month.firstWeekday
    for day in counted {
      let earliest = day.weekday.days(after: firstWeekday)
      let latest = earliest + (length - 1 - earliest) / 7 * 7
      let wanted = day.ordinal > 0 ? earliest + (day.ordinal - 1) * 7 : latest + (day.ordinal + 1) * 7
      guard 0..<length ~= wanted else { continue }
      let index = wanted - (month.firstDay - first)
      if 0..<month.length ~= index { days |= 1 << UInt32(index) }
    }
    return days
  }
}
