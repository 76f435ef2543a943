/// What comes after an occurrence of a series.
public struct Successor: Sendable {
  public let occurrence: Occurrence
  /// The rules for a series that begins with this occurrence: COUNT is what is left of it.
  public let rules: [RecurrenceRule]
}

// A set whose start is the recurrence date of the present occurrence: each occurrence carries its series on by itself.
extension RecurrenceSet {
  /// The first occurrence after the present one, its due (it may have been moved) and its completion.
  /// - Parameter completedAt: nil where the present occurrence is left out rather than completed.
  /// - Returns: nil when the series is over.
  public func successor(due: WallTime, completedAt: Instant?) -> Successor? {
    let present = max(zone.instant(of: start), zone.instant(of: due))
    guard let next = next(after: max(present, completedAt ?? present)) else { return nil }
    // With one rule the successor gives what the rule leaves open as the start does; another rule's date may not.
    let isFromOneRule = rules.count == 1 && rdates.isEmpty
    return Successor(
      occurrence: next,
      rules: rules.map { rule in
        let rest = withoutOccurrences(of: rule, before: next.at)
        return isFromOneRule ? rest : rest.spelledOut(from: start)
      })
  }

  /// The first occurrence, after the local date of the completion, of the rules begun anew on that date at the due's time of day.
  /// Each completion takes one off COUNT.
  /// - Returns: nil when the series is over.
  public func successorCountedFromCompletion(due: WallTime, completedAt: Instant) -> Successor? {
    let date = zone.wallTime(at: completedAt).date
    let endOfDate = zone.instant(of: WallTime(date: date.adding(days: 1))).adding(seconds: -1)
    let rest = rules.map { rule in rule.count.map { rule.limited(to: $0 - 1, over: endOfDate) } ?? rule }
    let anew = RecurrenceSet(
      rules: rest.map { $0.withoutCount() }, rdates: rdates, exdates: exdates, start: due.onDate(date), zone: zone)
    return anew.next(after: endOfDate).map { Successor(occurrence: $0, rules: rest) }
  }

  /// A rule less its occurrences before `instant`.
  private func withoutOccurrences(of rule: RecurrenceRule, before instant: Instant) -> RecurrenceRule {
    guard let count = rule.count else { return rule }
    var instants = RuleInstants(rule, start: start, zone: zone)
    var passed = 0
    while let next = instants.next(), next.seconds < instant.secondsSinceEpoch { passed += 1 }
    return rule.limited(to: count - passed, over: instant.adding(seconds: -1))
  }
}

extension RecurrenceRule {
  /// The rule with another COUNT; one that is used up gets an UNTIL at `instant` instead, since COUNT cannot be 0.
  fileprivate func limited(to count: Int, over instant: Instant) -> RecurrenceRule {
    var rule = self
    rule.count = count > 0 ? count : nil
    if count <= 0 { rule.until = .instant(instant) }
    return rule
  }

  fileprivate func withoutCount() -> RecurrenceRule {
    var rule = self
    rule.count = nil
    return rule
  }
}
