/// The wall times of an hourly, minutely or secondly rule: from one whole number of intervals after the start to the next,
/// jumping over days, hours and minutes that the rule's parts exclude.
struct ClockWalk {
  private let filter: DayFilter
  private let times: TimeFilter
  private let frequency: Frequency
  /// Seconds of a period.
  private let unit: Int
  /// Periods from the epoch to the start's one.
  private let origin: Int
  private let interval: Int
  /// Seconds within a period, ascending.
  private let offsets: [Int]
  /// Periods without an occurrence after which there can be none.
  private let searchLimit: Int

  private var period: Int
  private var offsetIndex = 0
  private var lastFound: Int
  private var month: CalendarMonth
  private var days: UInt32

  /// - Parameter wall: seconds from the epoch, not before the start; its period is the first to be looked at.
  init(_ rule: RecurrenceRule, start: WallTime, from wall: Int) {
    filter = DayFilter(rule, start: start.date)
    times = TimeFilter(rule, start: start)
    frequency = rule.frequency
    interval = rule.interval
    switch rule.frequency {
    case .hourly: unit = 3600
    case .minutely: unit = 60
    default: unit = 1
    }
    let within = rule.frequency == .hourly ? times.timesOfHour : rule.frequency == .minutely ? times.timesOfMinute : [0]
    offsets = SetPositions(rule)?.kept(of: within) ?? within
    origin = start.secondsSinceEpoch.dividedDown(by: unit)
    let perCycle = CalendarMonth.daysPerCycle * (86_400 / unit)
    let (limit, isTooLong) = (perCycle / greatestCommonDivisor(perCycle, interval))
      .multipliedReportingOverflow(by: interval)
    searchLimit = isTooLong ? .max : limit
    period = wall.dividedDown(by: unit)
    month = CalendarMonth(index: CalendarMonth.index(ofDay: wall.dividedDown(by: 86_400)))
    days = filter.days(of: month)
    lastFound = period
    period = aligned(period)
    if offsets.isEmpty || !canMeetTimes { period = .max }
  }

  /// The next wall time in seconds from the epoch, which in the first period may lie before the time asked for; nil when there
  /// is none up to the year 9999.
  mutating func next() -> Int? {
    if offsetIndex == 0, !findPeriod() { return nil }
    let time = period * unit + offsets[offsetIndex]
    offsetIndex += 1
    if offsetIndex == offsets.count {
      offsetIndex = 0
      lastFound = period
      period += interval
    }
    return time
  }

  /// The first period at or after `target` that lies a whole number of intervals after the start's.
  private func aligned(_ target: Int) -> Int {
    let rest = (target - origin).remainderDown(by: interval)
    return rest == 0 ? target : target + interval - rest
  }

  /// Whether any time of day that the rule names can be a whole number of intervals after the start on some day.
  private var canMeetTimes: Bool {
    let common = greatestCommonDivisor(interval, 86_400 / unit)
    guard common > 1 else { return true }
    let rest = origin.remainderDown(by: common)
    return times.hours.setBits.contains { hour in
      if frequency == .hourly { return hour % common == rest }
      return times.minutes.setBits.contains { minute in
        let minuteOfDay = hour * 60 + minute
        if frequency == .minutely { return minuteOfDay % common == rest }
        return times.seconds.setBits.contains { (minuteOfDay * 60 + $0) % common == rest }
      }
    }
  }

  /// Moves on to the next period that the rule's parts leave.
  private mutating func findPeriod() -> Bool {
    while period <= Self.lastSecond / unit, period - lastFound <= searchLimit {
      let target = earliestAllowed(period * unit)
      if target == period * unit { return true }
      guard let target else { return false }
      period = aligned(target / unit + (target % unit == 0 ? 0 : 1))
    }
    return false
  }

  private static let lastSecond = Instant.seconds.upperBound

  /// `wall` itself when its period is one that the rule's parts leave; else the first second of the next that may be.
  private mutating func earliestAllowed(_ wall: Int) -> Int? {
    let day = wall.dividedDown(by: 86_400)
    guard let allowedDay = allowedDay(from: day) else { return nil }
    if allowedDay != day { return allowedDay * 86_400 }
    let second = wall - day * 86_400
    return day * 86_400 + (earliestAllowed(secondOfDay: second) ?? 86_400)
  }

  private func earliestAllowed(secondOfDay second: Int) -> Int? {
    let hour = second / 3600
    guard let allowedHour = times.hours.firstSetBit(from: hour) else { return nil }
    if allowedHour != hour { return allowedHour * 3600 }
    if frequency == .hourly { return second }
    let minute = second / 60 % 60
    guard let allowedMinute = times.minutes.firstSetBit(from: minute) else { return (hour + 1) * 3600 }
    if allowedMinute != minute { return hour * 3600 + allowedMinute * 60 }
    if frequency == .minutely { return second }
    guard let allowedSecond = times.seconds.firstSetBit(from: second % 60) else { return (second / 60 + 1) * 60 }
    return second / 60 * 60 + allowedSecond
  }

  /// The first day at or after `day` that the rule's parts leave.
  private mutating func allowedDay(from day: Int) -> Int? {
    if day < month.firstDay || day >= month.firstDay + month.length {
      month = CalendarMonth(index: CalendarMonth.index(ofDay: day))
      days = filter.days(of: month)
    }
    var index = day - month.firstDay
    var monthIndex = month.year * 12 + month.month - 1
    for _ in 0...CalendarMonth.perCycle {
      if let allowed = days.firstSetBit(from: index) { return month.firstDay + allowed }
      index = 0
      monthIndex += 1
      guard monthIndex <= CalendarMonth.lastIndex else { return nil }
      month = CalendarMonth(index: monthIndex)
      days = filter.days(of: month)
    }
    return nil
  }
}
