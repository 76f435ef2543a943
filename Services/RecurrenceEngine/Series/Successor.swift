import Recurrence
import TaskModel

/// The occurrence that follows a completed one. "Now" is the completion and never the clock, so that a redelivery comes to the
/// same date (protocols.md §4).
struct Successor: Equatable, Sendable {
  /// What a clock in the zone shows when it is due.
  var due: WallTime
  /// Its date in the rule, which differs from `due` where a gap of the zone has moved it. The next rule begins here.
  var occurrence: WallTime
  /// With what is left of COUNT; nil for that of the completed task.
  var recurrence: TaskRecurrence?

  /// What a successor is counted from.
  struct Source: Sendable {
    var recurrence: TaskRecurrence
    var due: WallTime
    /// The recurrence date, where it is known: an occurrence that was moved stays one of its series.
    var occurrence: WallTime?
    /// nil to count from the dates alone, as skipping does.
    var completedAt: Instant?
    var timeZone: String
  }

  /// nil when the series is over.
  init?(of source: Source, zones: ZoneDatabase) throws(SeriesError) {
    let rules: [RecurrenceRule]
    let zone: TimeZoneRules
    do throws(RecurrenceRuleError) {
      rules = try RecurrenceRule.rules(source.recurrence.rule)
    } catch {
      throw .rule(error)
    }
    do throws(TimeZoneError) { zone = try zones.zone(named: source.timeZone) } catch { throw .zone(error) }
    let start = source.occurrence ?? source.due
    let set = RecurrenceSet(
      rules: rules, rdates: source.recurrence.rdates, exdates: source.recurrence.exdates, start: start, zone: zone)
    let date: Occurrence?
    switch source.recurrence.anchor {
    case .due: date = Self.byDue(source, set)
    case .completion:
      date = set.next(
        due: source.due, completedAt: source.completedAt ?? zone.instant(of: source.due), anchor: .completion,
        occurred: 1)
    }
    guard let date else { return nil }
    due = date.local
    let time = source.recurrence.anchor == .due ? start : source.due
    occurrence = Self.ruleTime(of: date, time: time, zone)
    recurrence = source.recurrence.remaining(rules, start: start, zone: zone, next: date)
  }

  private static func byDue(_ source: Source, _ set: RecurrenceSet) -> Occurrence? {
    // An occurrence that was done before its date is not to come again on it.
    let passed = max(set.zone.instant(of: source.due), set.zone.instant(of: set.start))
    guard let completedAt = source.completedAt, completedAt > passed else { return set.next(after: passed) }
    switch source.recurrence.catchUp {
    case .next: return set.next(after: completedAt)
    case .all: return set.next(after: passed)
    case .last: return set.last(after: passed, notAfter: completedAt) ?? set.next(after: completedAt)
    }
  }

  /// The rule's own time of day on the date, where it is the same instant: a gap moves one occurrence and not those behind it.
  private static func ruleTime(of date: Occurrence, time: WallTime, _ zone: TimeZoneRules) -> WallTime {
    guard !date.local.isDateOnly, !time.isDateOnly else { return date.local }
    let nominal = WallTime(date: date.local.date, secondOfDay: time.secondOfDay)
    return zone.instant(of: nominal) == date.at ? nominal : date.local
  }
}

extension RecurrenceSet {
  /// The last occurrence in an interval, sought in growing spans before its end so that a fast rule is not walked for years.
  func last(after lower: Instant, notAfter upper: Instant) -> Occurrence? {
    let whole = upper.secondsSinceEpoch - lower.secondsSinceEpoch
    var span = 3600
    while true {
      let isWhole = span >= whole
      var last: Occurrence?
      for occurrence in occurrences(after: isWhole ? lower : upper.adding(seconds: -span)) {
        guard occurrence.at <= upper else { break }
        last = occurrence
      }
      if last != nil || isWhole { return last }
      span *= 16
    }
  }
}

/// Why a recurrence cannot be followed.
enum SeriesError: Error, Equatable, CustomStringConvertible {
  case rule(RecurrenceRuleError)
  case zone(TimeZoneError)

  var description: String {
    switch self {
    case .rule(let error): "the rule: \(error)"
    case .zone(let error): "\(error)"
    }
  }
}
