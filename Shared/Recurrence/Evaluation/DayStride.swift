/// INTERVAL for frequencies of days or longer: which days lie in a period that is a whole number of intervals after the start's.
struct DayStride: Sendable {
  private enum Unit {
    case days, months
  }

  private let unit: Unit
  /// The interval in days or months, 1 or more.
  private let step: Int
  /// The length of a period in the unit: 7 for weeks, 12 for years.
  private let width: Int
  /// Where the start's period begins: a day from the epoch, or a month from year 0.
  private let origin: Int

  init(_ rule: RecurrenceRule, start: CivilDate) {
    switch rule.frequency {
    case .yearly: (unit, width, origin) = (.months, 12, start.year * 12)
    case .monthly: (unit, width, origin) = (.months, 1, CalendarMonth.index(of: start))
    case .weekly: (unit, width, origin) = (.days, 7, start.daysSinceEpoch - start.weekday.days(after: rule.weekStart))
    default: (unit, width, origin) = (.days, 1, start.daysSinceEpoch)
    }
    step = rule.interval * width
  }

  /// After so many months the calendar and the intervals together begin anew.
  var monthsPerCycle: Int {
    let cycle = unit == .months ? CalendarMonth.perCycle : CalendarMonth.daysPerCycle
    return CalendarMonth.perCycle * (step / greatestCommonDivisor(step, cycle))
  }

  /// The days of the month that lie in a period wanted, a bit each.
  func days(of month: CalendarMonth) -> UInt32 {
    if step == width { return month.allDays }
    switch unit {
    case .months:
      let index = month.year * 12 + month.month - 1
      return (index - origin).remainderDown(by: step) < width ? month.allDays : 0
    case .days:
      var days: UInt32 = 0
      // The first period that ends within the month or later.
      var index = -((month.firstDay - origin).remainderDown(by: step))
      let period: UInt32 = (1 << UInt32(width)) - 1
      while index < month.length {
        if index > -width { days |= index < 0 ? period >> UInt32(-index) : period << UInt32(index) }
        index += step
      }
      return days & month.allDays
    }
  }

  /// The first later month that may hold a day wanted.
  func nextMonth(after index: Int) -> Int {
    let next = index + 1
    if step == width { return next }
    switch unit {
    case .months:
      let place = (next - origin).remainderDown(by: step)
      return place < width ? next : next + step - place
    case .days:
      let firstDay = CivilDate.daysSinceEpoch(
        year: next.dividedDown(by: 12), month: next.remainderDown(by: 12) + 1, day: 1)
      let place = (firstDay - origin).remainderDown(by: step)
      return place < width ? next : max(next, CalendarMonth.index(ofDay: firstDay + step - place))
    }
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
