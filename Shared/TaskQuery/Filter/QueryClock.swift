import Recurrence

/// The owner's clock: what time it is, and the rules of their zone.
public struct QueryClock: Sendable {
  public let now: Instant
  private let wallTime: @Sendable (Instant) -> WallTime
  private let instant: @Sendable (WallTime) -> Instant

  /// - Parameters:
  ///   - wallTime: what the owner's clocks show at an instant.
  ///   - instant: when they show a wall time; a date alone is 00:00 of it.
  public init(
    now: Instant, wallTime: @escaping @Sendable (Instant) -> WallTime,
    instant: @escaping @Sendable (WallTime) -> Instant
  ) {
    self.now = now
    self.wallTime = wallTime
    self.instant = instant
  }

  /// The clock of an owner in UTC.
  public static func utc(now: Instant) -> QueryClock {
    QueryClock(now: now) {
      WallTime(secondsSinceEpoch: $0.secondsSinceEpoch)
    } instant: {
      Instant(secondsSinceEpoch: $0.secondsSinceEpoch)
    }
  }

  /// The same zone at another time.
  public func at(_ now: Instant) -> QueryClock { QueryClock(now: now, wallTime: wallTime, instant: instant) }

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
      // A zone can skip a whole day, never run backwards.
      microseconds(
        WallTime(date: date))..<max(
          microseconds(WallTime(date: date.adding(days: 1))), microseconds(WallTime(date: date)))
    case .wall(let seconds):
      microseconds(WallTime(secondsSinceEpoch: seconds))..<microseconds(WallTime(secondsSinceEpoch: seconds))
        + 1_000_000
    case .instant(let instant): instant.microseconds..<instant.microseconds + 1
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
      case .today: .day(wallTime(now).date)
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
      let wall = wallTime(instant)
      let moved = self.instant(WallTime(date: wall.date.adding(step), secondOfDay: wall.secondOfDay))
      return .instant(Instant(secondsSinceEpoch: moved.secondsSinceEpoch, nanoseconds: instant.nanoseconds))
    }
  }

  private func seconds(of date: CivilDate) -> Int { date.daysSinceEpoch * 86_400 }
  private func wall(_ instant: Instant) -> Int { wallTime(instant).secondsSinceEpoch }
  private func microseconds(_ time: WallTime) -> Int { instant(time).microseconds }
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
