extension RecurrenceRule {
  /// The rule with the days that it leaves to its start (RFC 5545 §3.3.10) named.
  func spelledOut(from start: CivilDate) -> RecurrenceRule {
    var rule = self
    guard byMonthDay.isEmpty, byDay.isEmpty, byYearDay.isEmpty else { return rule }
    switch frequency {
    case .yearly where !byWeekNo.isEmpty: rule.byDay = [WeekdayOrdinal(weekday: start.weekday)]
    case .yearly:
      if byMonth.isEmpty { rule.byMonth = [start.month] }
      rule.byMonthDay = [start.day]
    case .monthly: rule.byMonthDay = [start.day]
    case .weekly: rule.byDay = [WeekdayOrdinal(weekday: start.weekday)]
    default: break
    }
    return rule
  }

  /// The rule with the days and the times of day that it leaves to its start named.
  func spelledOut(from start: WallTime) -> RecurrenceRule {
    var rule = spelledOut(from: start.date)
    guard !start.isDateOnly else { return rule }
    if byHour.isEmpty, frequency > .hourly { rule.byHour = [start.hour] }
    if byMinute.isEmpty, frequency > .minutely { rule.byMinute = [start.minute] }
    if bySecond.isEmpty, frequency > .secondly { rule.bySecond = [start.second] }
    return rule
  }
}
