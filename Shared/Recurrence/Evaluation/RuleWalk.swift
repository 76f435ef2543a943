/// The wall times that a rule gives, ascending, without regard to COUNT and UNTIL.
struct RuleWalk {
  // One of the three, each in a place of its own so that it is moved on without being copied.
  private var months: MonthWalk?
  private var positions: PositionWalk?
  private var clock: ClockWalk?
  private let lowerBound: Int

  /// - Parameter wall: seconds of wall time from the epoch before which none is wanted; nothing is walked before it.
  init(_ rule: RecurrenceRule, start: WallTime, from wall: Int = .min) {
    lowerBound = max(wall, start.secondsSinceEpoch)
    if rule.frequency.isWithinDay {
      clock = ClockWalk(rule, start: start, from: lowerBound)
      return
    }
    let day = lowerBound.dividedDown(by: 86_400)
    let times = TimeFilter(rule, start: start).timesOfDay
    let positions = SetPositions(rule)
    if let positions, rule.frequency != .daily {
      self.positions = PositionWalk(rule, start: start.date, positions: positions, times: times, from: day)
    } else {
      // The days of a daily rule are all chosen from alike, since each has the same times.
      let kept = positions?.kept(of: times) ?? times
      months = MonthWalk(rule, start: start.date, times: kept, from: day)
    }
  }

  /// The next wall time in seconds from the epoch; nil when there is none up to the year 9999.
  mutating func next() -> Int? {
    while let time = step() {
      if time >= lowerBound { return time }
    }
    return nil
  }

  private mutating func step() -> Int? {
    if months != nil { return months?.next() }
    if clock != nil { return clock?.next() }
    return positions?.next()
  }
}
