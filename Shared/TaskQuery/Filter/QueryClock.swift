import Recurrence

/// The owner's clock: what time it is, and the rules of their zone.
public struct QueryClock: Sendable {
  public let now: Instant
  public let zone: TimeZoneRules

  public init(now: Instant, zone: TimeZoneRules) {
    self.now = now
    self.zone = zone
  }

  /// The seconds of wall time (``WallTime/secondsSinceEpoch``) that an expression covers: a date its day, else one second.
  public func wallSeconds(of expression: TimeExpression) -> Range<Int> {
    switch resolve(expression) {
    case .day(let date): seconds(of: date)..<seconds(of: date.adding(days: 1))
    case .wall(let seconds): seconds..<seconds + 1
    case .instant(let instant): wall(instant)..<wall(instant) + 1
    }
  }

  /// The microseconds since the epoch that an expression covers: a date its day in the owner's zone, a wall time one
  /// second, an instant one microsecond.
  public func microseconds(of expression: TimeExpression) -> Range<Int> {
    switch resolve(expression) {
    case .day(let date):
      let start = microseconds(WallTime(date: date))
      // A zone that skips a whole day leaves nothing of it.
      return start..<max(start, microseconds(WallTime(date: date.adding(days: 1))))
    case .wall(let seconds):
      let start = microseconds(WallTime(secondsSinceEpoch: seconds))
      return start..<start + 1_000_000
    case .instant(let instant): return instant.microseconds..<instant.microseconds + 1
    }
  }

  private enum Resolved {
    case day(CivilDate)
    case wall(Int)
    case instant(Instant)
  }

  private func resolve(_ expression: TimeExpression) -> Resolved {
    let base: Resolved =
      switch expression.base {
      case .wall(let time): time.isDateOnly ? .day(time.date) : .wall(time.secondsSinceEpoch)
      case .instant(let instant): .instant(instant)
      case .today: .day(zone.wallTime(at: now).date)
      case .now: .instant(now)
      }
    return expression.steps.reduce(base, add)
  }

  private func add(_ time: Resolved, _ step: TimeExpression.Step) -> Resolved {
    let exact =
      switch step.unit {
      case .minute: step.amount * 60
      case .hour: step.amount * 3_600
      case .day, .week, .month, .year: 0
      }
    switch time {
    case .day(let date): return exact == 0 ? .day(date.adding(step)) : .wall(seconds(of: date) + exact)
    case .wall(let seconds):
      let wall = WallTime(secondsSinceEpoch: seconds)
      return .wall(self.seconds(of: wall.date.adding(step)) + wall.secondOfDay + exact)
    case .instant(let instant):
      if exact != 0 { return .instant(instant.adding(seconds: exact)) }
      let wall = zone.wallTime(at: instant)
      let moved = zone.instant(of: WallTime(date: wall.date.adding(step), secondOfDay: wall.secondOfDay))
      return .instant(Instant(secondsSinceEpoch: moved.secondsSinceEpoch, nanoseconds: instant.nanoseconds))
    }
  }

  private func seconds(of date: CivilDate) -> Int { date.daysSinceEpoch * 86_400 }
  private func wall(_ instant: Instant) -> Int { zone.wallTime(at: instant).secondsSinceEpoch }
  private func microseconds(_ time: WallTime) -> Int { zone.instant(of: time).microseconds }
}

extension Instant {
  /// Microseconds from the epoch, rounded down.
  public var microseconds: Int { secondsSinceEpoch * 1_000_000 + nanoseconds / 1_000 }
}

extension CivilDate {
  /// The date a step away; hours and minutes leave it.
  fileprivate func adding(_ step: TimeExpression.Step) -> CivilDate {
    switch step.unit {
    case .minute, .hour: return self
    case .day: return adding(days: step.amount)
    case .week: return adding(days: step.amount * 7)
    case .month: return adding(months: step.amount)
    case .year: return adding(months: step.amount * 12)
    }
  }

  /// The same day of a month further on, or that month's last; beyond the years of ``CivilDate/years`` their first or last day.
  private func adding(months: Int) -> CivilDate {
    let month = year * 12 + self.month - 1 + months
    let year = min(max(month / 12, Self.years.lowerBound), Self.years.upperBound)
    let monthOfYear = month % 12 + 1
    let day = min(day, Self.days(inMonth: max(1, monthOfYear), of: year))
    return CivilDate(year: year, month: max(1, monthOfYear), day: day) ?? self
  }
}
