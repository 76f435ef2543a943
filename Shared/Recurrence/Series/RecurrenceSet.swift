/// A recurrence in a zone: the union of its rules and further dates (`RDATE`), less the dates taken out (`EXDATE`).
///
/// - The start is where the rules begin (`DTSTART`); it is an occurrence only if a rule gives it.
/// - Rules run on wall time. What falls on one instant is one occurrence, before COUNT; see ``TimeZoneRules`` for gaps and folds.
/// - Where the start is a date alone, so are the occurrences of rules of days or longer.
/// - COUNT and UNTIL bound their own rule; `exdates` come after COUNT, and `rdates` do not count.
/// - The calendar ends with the year 9999.
public struct RecurrenceSet: Sendable {
  public let rules: [RecurrenceRule]
  public let start: WallTime
  public let zone: TimeZoneRules
  let rdates: [WallTime]
  let exdates: [WallTime]

  /// - Parameters:
  ///   - rdates: further dates; a date alone has the start's time of day.
  ///   - exdates: dates taken out; a date alone takes out every occurrence of that day.
  ///   - start: where the rules begin: the first due date of the series.
  public init(
    rules: [RecurrenceRule], rdates: [WallTime] = [], exdates: [WallTime] = [], start: WallTime, zone: TimeZoneRules
  ) {
    self.rules = rules
    self.rdates = rdates
    self.exdates = exdates
    self.start = start
    self.zone = zone
  }

  /// The occurrences in order, made as they are asked for; those after `instant` when it is given.
  public func occurrences(after instant: Instant? = nil) -> Occurrences { Occurrences(self, after: instant) }

  /// The first occurrence after `instant`. It does not depend on how long ago the rules began, save for those with COUNT.
  public func next(after instant: Instant) -> Occurrence? {
    var occurrences = occurrences(after: instant)
    return occurrences.next()
  }
}
