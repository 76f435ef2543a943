import Recurrence
import TaskModel

// A task holds its own date and not where its series began, so each successor's rule begins with that successor. What depends on
// the beginning is carried over in the recurrence: how much of COUNT is left, and what rules and dates took from the first date.
// Of several rules, or a rule beside dates, one with an INTERVAL above 1 is counted from the successor all the same.
extension TaskRecurrence {
  /// The recurrence of the successor at `next`; nil where it is this one.
  func remaining(
    _ rules: [RecurrenceRule], start: WallTime, zone: TimeZoneRules, next: Occurrence
  ) -> TaskRecurrence? {
    // With one rule alone every date is the rule's own, and gives the same parts as the first did.
    let isMixed = rules.count > 1 || !rdates.isEmpty
    let lines = rule.split(whereSeparator: \.isNewline)
    guard lines.count == rules.count else { return nil }
    let remaining = zip(lines, rules).map { line, rule in
      var parts = line.split(separator: ";").map(String.init)
      if isMixed { parts += rule.partsTaken(from: start) }
      guard let count = rule.count, let index = parts.firstIndex(where: { $0.uppercased().contains("COUNT=") }) else {
        return parts.joined(separator: ";")
      }
      let left = count - used(rule, start, zone, next)
      if left > 0 {
        parts[index] = "COUNT=\(left)"
      } else {
        // Over, while other rules or dates go on.
        parts[index] = "UNTIL=\(next.local.date.adding(days: -1).basicText)"
      }
      return parts.joined(separator: ";")
    }.joined(separator: "\n")
    var recurrence = self
    recurrence.rule = remaining
    if !start.isDateOnly {
      recurrence.rdates = rdates.map {
        $0.isDateOnly ? WallTime(date: $0.date, secondOfDay: start.secondOfDay) : $0
      }
    }
    return recurrence == self ? nil : recurrence
  }

  /// How many of the rule's occurrences lie before the successor.
  private func used(_ rule: RecurrenceRule, _ start: WallTime, _ zone: TimeZoneRules, _ next: Occurrence) -> Int {
    guard anchor == .due else { return 1 }
    let alone = RecurrenceSet(rules: [rule], start: start, zone: zone)
    var used = 0
    for occurrence in alone.occurrences() {
      guard occurrence.at < next.at else { break }
      used += 1
    }
    return used
  }
}

extension RecurrenceRule {
  /// What the rule does not say and takes from the date it begins with (RFC 5545 §3.3.10), as parts that say it.
  fileprivate func partsTaken(from start: WallTime) -> [String] {
    var parts: [String] = []
    let weekday = start.date.weekday.code
    switch frequency {
    case .weekly where byDay.isEmpty: parts.append("BYDAY=\(weekday)")
    case .monthly where byDay.isEmpty && byMonthDay.isEmpty: parts.append("BYMONTHDAY=\(start.date.day)")
    case .yearly where byDay.isEmpty && byMonthDay.isEmpty && byYearDay.isEmpty:
      if !byWeekNo.isEmpty {
        parts.append("BYDAY=\(weekday)")
      } else {
        if byMonth.isEmpty { parts.append("BYMONTH=\(start.date.month)") }
        parts.append("BYMONTHDAY=\(start.date.day)")
      }
    default: break
    }
    return parts + timeParts(start)
  }

  private func timeParts(_ start: WallTime) -> [String] {
    guard !start.isDateOnly else { return [] }
    var parts: [String] = []
    if byHour.isEmpty, frequency > .hourly { parts.append("BYHOUR=\(start.hour)") }
    if byMinute.isEmpty, frequency > .minutely { parts.append("BYMINUTE=\(start.minute)") }
    if bySecond.isEmpty, frequency > .secondly { parts.append("BYSECOND=\(start.second)") }
    return parts
  }
}

extension CivilDate {
  /// As rules write it: `20271224`.
  fileprivate var basicText: String { description.filter { $0 != "-" } }
}
