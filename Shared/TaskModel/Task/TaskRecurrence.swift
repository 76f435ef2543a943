import Recurrence

/// How a task comes again.
public struct TaskRecurrence: Sendable, Hashable {
  /// From which date the next occurrence is counted.
  public enum Anchor: String, Sendable, CaseIterable {
    case due, completion
  }

  /// Which of the occurrences that were missed are made up for.
  public enum CatchUp: String, Sendable, CaseIterable {
    case next, all, last
  }

  /// RRULE values (RFC 5545 §3.3.10), one a line, without a leading `RRULE:`.
  public var rule: String
  /// Further occurrences.
  public var rdates: [WallTime]
  /// Occurrences that are left out; a date alone stands for all of its day.
  public var exdates: [WallTime]
  public var anchor: Anchor
  public var catchUp: CatchUp

  public init(
    rule: String, rdates: [WallTime] = [], exdates: [WallTime] = [], anchor: Anchor = .due, catchUp: CatchUp = .next
  ) {
    self.rule = rule
    self.rdates = rdates
    self.exdates = exdates
    self.anchor = anchor
    self.catchUp = catchUp
  }
}
