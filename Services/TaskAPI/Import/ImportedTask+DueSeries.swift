import Recurrence

extension ImportedTask {
  /// Lets a rule that was made for DTSTART run on DUE, at the distance of the two. A task has one date, so this is taken only
  /// where the same days come of it: both on one day, or a plain rule of days or weeks, which moves along with its start.
  /// - Parameter line: of the rule.
  mutating func moveSeries(from start: Moment, line: Int, _ zones: ImportZones) throws(RejectedLine) {
    guard let due, let rules = try? RecurrenceRule.rules(rule) else { return }
    let (begin, zone) = zones.wall(start)
    let end = zones.wall(due, in: zone)
    let days = end.date.daysSinceEpoch - begin.date.daysSinceEpoch
    let isKept = rules.allSatisfy { rule in
      let isOfDays = rule.frequency >= .daily && rule.byHour.isEmpty && rule.byMinute.isEmpty && rule.bySecond.isEmpty
      let isPlain = (rule.frequency == .daily || rule.frequency == .weekly) && rule.hasNoDays
      return isOfDays && (days == 0 || isPlain)
    }
    guard isKept, days >= 0 else {
      throw RejectedLine(
        line: line,
        detail: "The rule counts from a DTSTART that lies apart from DUE, and would give other dates from DUE.")
    }
    self.due = .wall(end, zone: zone.name)
    func moved(_ date: CivilDate) -> CivilDate { date.adding(days: days) }
    exdates = exdates.map { WallTime(date: moved($0.date)) }
    rdates = rdates.map {
      end.isDateOnly ? WallTime(date: moved($0.date)) : WallTime(date: moved($0.date), secondOfDay: end.secondOfDay)
    }
    rule = zip(rule.split(separator: "\n"), rules).map { text, rule in
      guard let last = rule.lastDate(startingAt: begin, zone) else { return String(text) }
      let until = "UNTIL=" + WallTime(date: moved(last)).basicText
      return text.split(separator: ";").map { $0.uppercased().hasPrefix("UNTIL=") ? until : String($0) }
        .joined(separator: ";")
    }.joined(separator: "\n")
  }
}

extension RecurrenceRule {
  /// Whether every date follows from the start and the interval alone.
  fileprivate var hasNoDays: Bool {
    byDay.isEmpty && byMonthDay.isEmpty && byYearDay.isEmpty && byWeekNo.isEmpty && byMonth.isEmpty && bySetPos.isEmpty
  }

  /// The last date that UNTIL leaves to an occurrence at the start's time of day; nil without an UNTIL.
  fileprivate func lastDate(startingAt start: WallTime, _ zone: TimeZoneRules) -> CivilDate? {
    let wall: WallTime
    switch until {
    case nil: return nil
    case .instant(let instant): wall = zone.wallTime(at: instant)
    case .wall(let until): wall = until
    }
    return wall.isDateOnly || wall.secondOfDay >= start.secondOfDay ? wall.date : wall.date.adding(days: -1)
  }
}
