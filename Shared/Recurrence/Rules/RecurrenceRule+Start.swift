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
}
