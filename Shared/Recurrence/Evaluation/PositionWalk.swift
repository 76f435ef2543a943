/// The wall times of a yearly, monthly or weekly rule with BYSETPOS: each period's times are listed whole, then chosen from.
struct PositionWalk {
  private let filter: DayFilter
  private let periods: Periods
  private let positions: SetPositions
  private let times: [Int]
  /// Whether every position lies beyond the longest period.
  private let isImpossible: Bool

  private var period: Int
  private var chosen: [Int] = []
  private var chosenIndex = 0
  private var emptyPeriods = 0

  /// - Parameter day: a day from the epoch, not before the start; its period is the first to be looked at.
  init(_ rule: RecurrenceRule, start: CivilDate, positions: SetPositions, times: [Int], from day: Int) {
    filter = DayFilter(rule, start: start)
    periods = Periods(rule, start: start)
    self.positions = positions
    self.times = times
    period = periods.index(ofDay: day)
    isImpossible = positions.places(among: periods.maximumDays(rule) * times.count).isEmpty
  }

  /// The next wall time in seconds from the epoch, which in the first period may lie before the day asked for; nil when there
  /// is none up to the year 9999.
  mutating func next() -> Int? {
    while chosenIndex == chosen.count {
      guard !isImpossible, emptyPeriods <= periods.perCycle, let days = periods.days(of: period, filter) else {
        return nil
      }
      choose(days)
      period += 1
      emptyPeriods += 1
    }
    emptyPeriods = 0
    chosenIndex += 1
    return chosen[chosenIndex - 1]
  }

  private mutating func choose(_ days: [Int]) {
    chosen.removeAll(keepingCapacity: true)
    chosenIndex = 0
    for place in positions.places(among: days.count * times.count) {
      chosen.append(days[place / times.count] * 86_400 + times[place % times.count])
    }
  }
}

/// The periods of a rule, numbered from the start's in steps of INTERVAL.
private struct Periods {
  private let frequency: Frequency
  private let interval: Int
  /// The start's year, month from year 0, or first day of the week.
  private let origin: Int

  init(_ rule: RecurrenceRule, start: CivilDate) {
    frequency = rule.frequency
    interval = rule.interval
    switch rule.frequency {
    case .yearly: origin = start.year
    case .monthly: origin = CalendarMonth.index(of: start)
    default: origin = start.daysSinceEpoch - start.weekday.days(after: rule.weekStart)
    }
  }

  /// After so many steps the calendar and the intervals together begin anew.
  var perCycle: Int {
    let cycle =
      switch frequency {
      case .yearly: CalendarMonth.perCycle / 12
      case .monthly: CalendarMonth.perCycle
      default: CalendarMonth.daysPerCycle / 7
      }
    return cycle / greatestCommonDivisor(cycle, interval)
  }

  /// No period has more days than this.
  func maximumDays(_ rule: RecurrenceRule) -> Int {
    switch frequency {
    case .yearly: 366
    case .monthly: 31
    default: max(Set(rule.byDay.map(\.weekday)).count, 1)
    }
  }

  /// The last period that begins at or before a day.
  func index(ofDay day: Int) -> Int {
    let place =
      switch frequency {
      case .yearly: CivilDate(daysSinceEpoch: day).year - origin
      case .monthly: CalendarMonth.index(ofDay: day) - origin
      default: (day - origin).dividedDown(by: 7)
      }
    return place / interval
  }

  /// The days of a period that the rule's parts leave, ascending; nil after the year 9999.
  func days(of period: Int, _ filter: DayFilter) -> [Int]? {
    switch frequency {
    case .yearly:
      let year = origin + period * interval
      guard year <= CivilDate.years.upperBound else { return nil }
      return (0..<12).flatMap { Self.days(ofMonth: year * 12 + $0, filter) }
    case .monthly:
      let month = origin + period * interval
      return month <= CalendarMonth.lastIndex ? Self.days(ofMonth: month, filter) : nil
    default:
      let first = origin + period * interval * 7
      let month = CalendarMonth.index(ofDay: first)
      guard month <= CalendarMonth.lastIndex else { return nil }
      let week = first..<(first + 7)
      return [month, month + 1].flatMap { Self.days(ofMonth: $0, filter).filter(week.contains) }
    }
  }

  private static func days(ofMonth index: Int, _ filter: DayFilter) -> [Int] {
    let month = CalendarMonth(index: index)
    return filter.days(of: month).setBits.map { month.firstDay + $0 }
  }
}
