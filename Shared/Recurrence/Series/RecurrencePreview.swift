/// What a recurrence will do, for somebody who is about to choose it.
public struct RecurrencePreview: Sendable {
  public let occurrences: [Occurrence]
  /// English sentences about what is likely not meant.
  public let warnings: [String]
}

extension RecurrenceSet {
  /// The first `count` occurrences, and what is odd about the rules.
  public func preview(count: Int) -> RecurrencePreview {
    RecurrencePreview(
      occurrences: Array(occurrences().prefix(max(count, 0))),
      warnings: rules.indices.filter { !occurs(rules[$0]) }.map { index in
        rules.count == 1 ? "The rule never occurs." : "Rule \(index + 1) never occurs."
      })
  }

  private func occurs(_ rule: RecurrenceRule) -> Bool {
    var instants = RuleInstants(rule, start: start, zone: zone)
    return instants.next() != nil
  }
}
