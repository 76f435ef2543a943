/// The wall times of a rule of days or longer, month by month: the days that the rule's parts leave, of those that lie a
/// whole number of intervals after the start.
struct MonthWalk {
  private let filter: DayFilter
  private let stride: DayStride
  private let times: [Int]
  /// Months without an occurrence after which there can be none.
  private let searchLimit: Int

  private var month: CalendarMonth
  private var monthIndex: Int
  private var days: UInt32 = 0
  private var timeIndex = 0
  private var emptyMonths = 0

  /// - Parameters:
  ///   - times: seconds of the day, ascending.
  ///   - day: the first one to look at, in days from the epoch.
  init(_ rule: RecurrenceRule, start: CivilDate, times: [Int], from day: Int) {
    filter = DayFilter(rule, start: start)
    stride = DayStride(rule, start: start)
    self.times = times
    searchLimit = times.isEmpty ? 0 : stride.monthsPerCycle
    monthIndex = CalendarMonth.index(ofDay: day)
    month = CalendarMonth(index: monthIndex)
    if !times.isEmpty {
      days = stride.days(of: month) & filter.days(of: month) & (.max << UInt32(day - month.firstDay))
    }
  }

  /// The next wall time in seconds from the epoch; nil when there is none up to the year 9999.
  mutating func next() -> Int? {
    while days == 0 {
      guard moveToNextMonth() else { return nil }
    }
    let day = month.firstDay + days.trailingZeroBitCount
    let time = day * 86_400 + times[timeIndex]
    timeIndex += 1
    if timeIndex == times.count {
      timeIndex = 0
      days &= days - 1
    }
    emptyMonths = 0
    return time
  }

  private mutating func moveToNextMonth() -> Bool {
    let next = stride.nextMonth(after: monthIndex)
    emptyMonths += next - monthIndex
    if emptyMonths > searchLimit { return false }
    if emptyMonths > CalendarMonth.perCycle, emptyMonths - (next - monthIndex) <= CalendarMonth.perCycle,
      filter.isNeverMet
    {
      return false
    }
    guard next <= CalendarMonth.lastIndex else { return false }
    monthIndex = next
    month = CalendarMonth(index: next)
    days = filter.days(of: month)
    if days != 0 { days &= stride.days(of: month) }
    return true
  }
}
