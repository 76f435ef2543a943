import Recurrence

/// A VTIMEZONE (RFC 5545 §3.6.5): the offsets of a zone as the file itself tells them.
struct ICalendarZone: Sendable {
  /// Rules are followed to the end of this year, and no further than so many changes.
  private static let lastYear = 2200
  private static let maximumChanges = 2_000

  private struct Change {
    /// What the clock must show for the new offset to hold. A time that the clock skips is read with the offset before, one
    /// that it shows twice is the first, as for IANA zones.
    let from: WallTime
    let offsetBefore: Int
    let offset: Int
  }

  let id: String
  /// An IANA name beside the id, which some programs write.
  let location: String?
  private let changes: [Change]

  init(_ component: ICalendarComponent) throws(RejectedLine) {
    guard let id = component["TZID"]?.value else {
      throw RejectedLine(line: component.line, detail: "The VTIMEZONE has no TZID.")
    }
    self.id = id
    location = component["X-LIC-LOCATION"]?.value
    var changes: [Change] = []
    for part in component.components where ["STANDARD", "DAYLIGHT"].contains(part.name) {
      changes += try Self.changes(part)
    }
    if changes.isEmpty {
      throw RejectedLine(line: component.line, detail: "The VTIMEZONE has neither STANDARD nor DAYLIGHT.")
    }
    self.changes = changes.sorted { $0.from < $1.from }
  }

  func instant(of wall: WallTime) -> Instant {
    let offset = changes.last { $0.from.secondsSinceEpoch <= wall.secondsSinceEpoch }?.offset ?? changes[0].offsetBefore
    return Instant(secondsSinceEpoch: wall.secondsSinceEpoch - offset)
  }

  private static func changes(_ part: ICalendarComponent) throws(RejectedLine) -> [Change] {
    func refusal(_ line: Int? = nil, _ reason: String) -> RejectedLine {
      RejectedLine(line: line ?? part.line, detail: "The \(part.name) of the VTIMEZONE \(reason).")
    }
    guard let start = part["DTSTART"].flatMap({ WallTime.basic($0.value) })?.time else {
      throw refusal(nil, "has no DTSTART in local time")
    }
    guard let before = part["TZOFFSETFROM"].flatMap({ offset($0.value) }),
      let after = part["TZOFFSETTO"].flatMap({ offset($0.value) })
    else { throw refusal(nil, "has no TZOFFSETFROM and TZOFFSETTO such as +0100") }
    var onsets = [start]
    for property in part.properties where property.name == "RDATE" {
      for value in property.value.split(separator: ",") {
        guard let onset = WallTime.basic(String(value))?.time else {
          throw refusal(property.line, "has an RDATE that is no time")
        }
        onsets.append(onset)
      }
    }
    for property in part.properties where property.name == "RRULE" {
      guard let rule = try? RecurrenceRule(inLocalTime(property.value, offset: before)), rule.frequency == .yearly,
        rule.byHour.isEmpty, rule.byMinute.isEmpty, rule.bySecond.isEmpty
      else { throw refusal(property.line, "has an RRULE that is not a yearly one") }
      for onset in RecurrenceSet(rules: [rule], start: start, zone: .utc).occurrences() {
        if onset.local.date.year > lastYear { break }
        guard onsets.count < maximumChanges else { throw refusal(property.line, "changes too often") }
        onsets.append(onset.local)
      }
    }
    return onsets.map {
      Change(
        from: WallTime(secondsSinceEpoch: $0.secondsSinceEpoch + max(0, after - before)), offsetBefore: before,
        offset: after)
    }
  }

  /// UNTIL is UTC here (RFC 5545 §3.6.5), and the rule runs on the clock before the change.
  private static func inLocalTime(_ rule: String, offset: Int) -> String {
    rule.split(separator: ";").map { part in
      guard part.hasPrefix("UNTIL="), let (until, isUTC) = WallTime.basic(String(part.dropFirst(6))), isUTC else {
        return String(part)
      }
      return "UNTIL=" + WallTime(secondsSinceEpoch: until.secondsSinceEpoch + offset).basicText
    }.joined(separator: ";")
  }

  /// Seconds east of UTC from `+0100` or `-083015`.
  private static func offset(_ text: String) -> Int? {
    guard let sign = text.first, sign == "+" || sign == "-", let digits = Int(text.dropFirst()),
      text.utf8.count == 5 || text.utf8.count == 7, digits >= 0
    else { return nil }
    let parts = text.utf8.count == 5 ? digits * 100 : digits
    let (hours, minutes, seconds) = (parts / 10_000, parts / 100 % 100, parts % 100)
    guard hours < 24, minutes < 60, seconds < 60 else { return nil }
    return (hours * 3600 + minutes * 60 + seconds) * (sign == "-" ? -1 : 1)
  }
}

extension WallTime {
  /// As iCalendar writes it: `20270301T090000`, or `20270301` for a date alone.
  var basicText: String { description.filter { $0 != "-" && $0 != ":" } }
}
