import Recurrence

/// One VTODO on its way to a task (RFC 5545 §3.6.2).
struct VTodo: Sendable {
  let component: ICalendarComponent
  let times: ICalendarTimes
  /// The name of its calendar.
  private let list: String?

  init(_ component: ICalendarComponent, times: ICalendarTimes, list: String?) {
    self.component = component
    self.times = times
    self.list = list
  }

  var line: Int { component.line }

  var uid: String? { component["UID"].map(\.text).flatMap { $0.isEmpty ? nil : $0 } }

  /// Names the occurrence of a series that this one changes.
  var recurrenceID: ICalendarLine? { component["RECURRENCE-ID"] }

  func task() throws(RejectedLine) -> ImportedTask {
    var task = ImportedTask(line: line)
    task.uid = uid
    task.title = Self.line(component["SUMMARY"]?.text ?? "")
    if task.title.isEmpty { throw RejectedLine(line: line, detail: "The VTODO has no SUMMARY.") }
    task.notes = component["DESCRIPTION"]?.text ?? ""
    task.tags = component.properties.filter { $0.name == "CATEGORIES" }.flatMap(\.texts).filter {
      !Self.line($0).isEmpty
    }
    task.list = list.map(Self.line).flatMap { $0.isEmpty ? nil : $0 }
    task.priority = try priority()
    task.parentUID =
      component.properties.first {
        $0.name == "RELATED-TO" && ["", "PARENT"].contains($0.parameters["RELTYPE"]?.uppercased() ?? "")
      }?.text
    try readStatus(into: &task)
    let dates = try VTodoDates(component, times)
    task.due = dates.due
    try readRecurrence(dates, into: &task)
    for alarm in component.components(named: "VALARM") {
      if let reminder = try dates.reminder(alarm), !task.reminders.contains(reminder) {
        task.reminders.append(reminder)
      }
    }
    return task
  }

  /// - Throws: when there is no RECURRENCE-ID, or it names more than one occurrence.
  func recurrenceMoment() throws(RejectedLine) -> ImportedTask.Moment {
    guard let recurrenceID else { throw RejectedLine(line: line, detail: "The VTODO has no RECURRENCE-ID.") }
    if recurrenceID.parameters["RANGE"] != nil {
      throw RejectedLine(line: recurrenceID.line, detail: "A RECURRENCE-ID with a RANGE cannot be imported.")
    }
    return try times.moment(recurrenceID)
  }

  /// A text without line breaks and tabs, which titles and names cannot have.
  private static func line(_ text: String) -> String {
    text.split { $0.isNewline || $0.isWhitespace }.joined(separator: " ")
  }

  /// 1 to 4 is high, 5 medium, 6 to 9 low, 0 undefined (RFC 5545 §3.8.1.9).
  private func priority() throws(RejectedLine) -> ImportedTask.Priority? {
    guard let property = component["PRIORITY"] else { return nil }
    switch Int(property.value) {
    case 0: return nil
    case 1, 2, 3, 4: return .high
    case 5: return .medium
    case 6, 7, 8, 9: return .low
    default: throw RejectedLine(line: property.line, detail: "PRIORITY is not a number from 0 to 9.")
    }
  }

  private func readStatus(into task: inout ImportedTask) throws(RejectedLine) {
    let status = component["STATUS"]?.value.uppercased()
    if status == "CANCELLED" { throw RejectedLine(line: line, detail: "The VTODO is STATUS:CANCELLED.") }
    if let completed = component["COMPLETED"] { task.completedAt = try times.moment(completed) }
    task.isDone = status == "COMPLETED" || task.completedAt != nil || component["PERCENT-COMPLETE"]?.value == "100"
    if let created = component["CREATED"] { task.createdAt = try times.moment(created) }
    if let modified = component["LAST-MODIFIED"] { task.modifiedAt = try times.moment(modified) }
  }

  private func readRecurrence(_ dates: VTodoDates, into task: inout ImportedTask) throws(RejectedLine) {
    let rules = component.properties.filter { $0.name == "RRULE" }
    guard let rule = rules.first else {
      if let rdate = component["RDATE"] {
        throw RejectedLine(line: rdate.line, detail: "An RDATE without an RRULE cannot be imported.")
      }
      return
    }
    guard let start = dates.start ?? dates.due else {
      throw RejectedLine(line: rule.line, detail: "The RRULE has no DUE or DTSTART to count from.")
    }
    let zone = times.zones.wall(start).zone
    task.rule = rules.map(\.value).joined(separator: "\n")
    task.rdates = try wallTimes("RDATE", zone)
    task.exdates = try wallTimes("EXDATE", zone)
    if dates.areApart { try task.moveSeries(from: start, line: rule.line, times.zones) }
  }

  private func wallTimes(_ name: String, _ zone: TimeZoneRules) throws(RejectedLine) -> [WallTime] {
    var walls: [WallTime] = []
    for property in component.properties where property.name == name {
      for moment in try times.moments(property) { walls.append(times.zones.wall(moment, in: zone)) }
    }
    return walls
  }
}
