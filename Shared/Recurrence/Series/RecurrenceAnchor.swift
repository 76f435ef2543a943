/// What the next occurrence of a completed task is counted from.
public enum RecurrenceAnchor: String, CaseIterable, Sendable {
  /// The series' own dates: the next one after both the due date and the completion.
  case due
  /// The completion: the rules begin anew on its local date, at the due's time of day.
  case completion
}

extension RecurrenceSet {
  /// The occurrence that follows a completed one; nil when the series is over.
  /// - Parameters:
  ///   - due: when the completed one was due.
  ///   - completedAt: when it was completed.
  ///   - occurred: how many occurrences the series has had, the completed one included, which is what COUNT bounds with anchor
  ///     `completion`. With anchor `due` it counts from ``start``.
  public func next(
    due: WallTime, completedAt: Instant, anchor: RecurrenceAnchor, occurred: Int
  ) -> Occurrence? {
    switch anchor {
    case .due: return next(after: max(zone.instant(of: due), completedAt))
    case .completion:
      let date = zone.wallTime(at: completedAt).date
      let anew = RecurrenceSet(
        rules: rules.compactMap { $0.afterOccurrences(occurred) }, rdates: rdates, exdates: exdates,
        start: due.onDate(date), zone: zone)
      return anew.next(after: zone.instant(of: WallTime(date: date.adding(days: 1))).adding(seconds: -1))
    }
  }
}

extension RecurrenceRule {
  /// The rule without its COUNT; nil when that has been reached.
  fileprivate func afterOccurrences(_ occurred: Int) -> RecurrenceRule? {
    guard let count else { return self }
    guard occurred < count else { return nil }
    var rule = self
    rule.count = nil
    return rule
  }
}
