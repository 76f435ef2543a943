import Recurrence

/// One VTODO on its way to a task (RFC 5545 §3.6.2).
struct VTodo {
  private let line: Int
  private let properties: [ICalendarLine]
  private let alarms: [[ICalendarLine]]
  private let isZone: (String) -> Bool

  init(line: Int, properties: [ICalendarLine], alarms: [[ICalendarLine]], isZone: @escaping (String) -> Bool) {
    self.line = line
    self.properties = properties
    self.alarms = alarms
    self.isZone = isZone
  }

  func task() throws(RejectedLine) -> ImportedTask {
    if let recurrence = self["RECURRENCE-ID"] {
      throw RejectedLine(line: recurrence.line, detail: "A RECURRENCE-ID, one changed occurrence, cannot be imported.")
    }
    var task = ImportedTask(line: line)
    task.uid = self["UID"]?.text
    task.title = (self["SUMMARY"]?.text ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
    if task.title.isEmpty { throw RejectedLine(line: line, detail: "The VTODO has no SUMMARY.") }
    task.notes = self["DESCRIPTION"]?.text ?? ""
    task.tags = properties.filter { $0.name == "CATEGORIES" }.flatMap(\.texts)
    task.priority = try priority()
    try readStatus(into: &task)
    try readDates(into: &task)
    try readRecurrence(into: &task)
    for alarm in alarms {
      if let reminder = try reminder(alarm, hasDue: task.due != nil) { task.reminders.append(reminder) }
    }
    return task
  }

  private subscript(name: String) -> ICalendarLine? { properties.first { $0.name == name } }

  /// 1 to 4 is high, 5 medium, 6 to 9 low, 0 undefined (RFC 5545 §3.8.1.9).
  private func priority() throws(RejectedLine) -> ImportedTask.Priority? {
    guard let property = self["PRIORITY"] else { return nil }
    switch Int(property.value) {
    case 0: return nil
    case 1, 2, 3, 4: return .high
    case 5: return .medium
    case 6, 7, 8, 9: return .low
    default: throw RejectedLine(line: property.line, detail: "PRIORITY is not a number from 0 to 9.")
    }
  }

  private func readStatus(into task: inout ImportedTask) throws(RejectedLine) {
    let status = self["STATUS"]?.value.uppercased()
    if status == "CANCELLED" { throw RejectedLine(line: line, detail: "The VTODO is STATUS:CANCELLED.") }
    if let completed = self["COMPLETED"] { task.completedAt = try moment(completed) }
    task.isDone = status == "COMPLETED" || task.completedAt != nil || self["PERCENT-COMPLETE"]?.value == "100"
    if let created = self["CREATED"] { task.createdAt = try moment(created) }
  }

  private func readDates(into task: inout ImportedTask) throws(RejectedLine) {
    if let due = self["DUE"] {
      task.due = try moment(due)
    } else if let start = self["DTSTART"], self["DURATION"] == nil {
      task.due = try moment(start)
    } else if let duration = self["DURATION"] {
      throw RejectedLine(line: duration.line, detail: "A DURATION instead of a DUE cannot be imported.")
    }
  }

  private func readRecurrence(into task: inout ImportedTask) throws(RejectedLine) {
    let rules = properties.filter { $0.name == "RRULE" }
    guard let rule = rules.first else { return }
    guard let due = task.due else {
      throw RejectedLine(line: rule.line, detail: "The RRULE has no DUE or DTSTART to count from.")
    }
    if let start = self["DTSTART"], try moment(start) != due {
      throw RejectedLine(
        line: start.line,
        detail: "The rule counts from a DTSTART that differs from DUE; such a task cannot be imported.")
    }
    task.rule = rules.map(\.value).joined(separator: "\n")
    task.rdates = try wallTimes("RDATE")
    task.exdates = try wallTimes("EXDATE")
  }

  private func wallTimes(_ name: String) throws(RejectedLine) -> [WallTime] {
    var times: [WallTime] = []
    for property in properties where property.name == name {
      for value in property.value.split(separator: ",") {
        guard case .wall(let time, _) = try moment(String(value), property) else {
          throw RejectedLine(line: property.line, detail: "\(name) in UTC cannot be imported.")
        }
        times.append(time)
      }
    }
    return times
  }

  private func reminder(_ alarm: [ICalendarLine], hasDue: Bool) throws(RejectedLine) -> ImportedTask.Reminder? {
    guard let trigger = alarm.first(where: { $0.name == "TRIGGER" }) else { return nil }
    if trigger.parameters["VALUE"]?.uppercased() == "DATE-TIME" {
      guard case .instant(let instant) = try moment(trigger) else {
        throw RejectedLine(line: trigger.line, detail: "A TRIGGER with a time is in UTC.")
      }
      return .at(instant)
    }
    guard hasDue else { throw RejectedLine(line: trigger.line, detail: "The alarm has no DUE to count from.") }
    let isFromStart = trigger.parameters["RELATED"]?.uppercased() != "END"
    if isFromStart, let start = self["DTSTART"], let due = self["DUE"], try moment(start) != moment(due) {
      throw RejectedLine(line: trigger.line, detail: "The alarm counts from a DTSTART that differs from DUE.")
    }
    // A trigger of -PT15M is 15 minutes before, where a reminder says PT15M.
    let text = trigger.value
    let turned =
      text.hasPrefix("-") ? String(text.dropFirst()) : "-" + (text.hasPrefix("+") ? text.dropFirst() : text[...])
    do { return .before(try ISODuration(turned)) } catch {
      throw RejectedLine(line: trigger.line, detail: "The TRIGGER is no duration: \(error.reason).")
    }
  }

  private func moment(_ property: ICalendarLine) throws(RejectedLine) -> ImportedTask.Moment {
    try moment(property.value, property)
  }

  /// DATE, or DATE-TIME in UTC, in a zone or floating (RFC 5545 §3.3.4, §3.3.5).
  private func moment(_ value: String, _ property: ICalendarLine) throws(RejectedLine) -> ImportedTask.Moment {
    let octets = Array(value.utf8)
    let isUTC = octets.last == UInt8(ascii: "Z")
    let count = octets.count - (isUTC ? 1 : 0)
    func part(_ range: Range<Int>) -> String { String(decoding: octets[range], as: UTF8.self) }
    do {
      if count == 8, !isUTC {
        return .wall(try WallTime("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"), zone: try zone(property))
      }
      guard count == 15, octets[8] == UInt8(ascii: "T") else {
        throw RejectedLine(line: property.line, detail: "\(property.name) `\(value)` is no date or time.")
      }
      let time = try WallTime(
        "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))")
      if isUTC { return .instant(Instant(secondsSinceEpoch: time.secondsSinceEpoch)) }
      return .wall(time, zone: try zone(property))
    } catch let error as RejectedLine {
      throw error
    } catch {
      throw RejectedLine(line: property.line, detail: "\(property.name) `\(value)` is no date or time.")
    }
  }

  /// The IANA zone of a TZID, which may stand behind a prefix (`/freeassociation.sourceforge.net/Europe/Berlin`).
  private func zone(_ property: ICalendarLine) throws(RejectedLine) -> String? {
    guard let name = property.parameters["TZID"] else { return nil }
    var parts = name.split(separator: "/")[...]
    while !parts.isEmpty {
      let candidate = parts.joined(separator: "/")
      if isZone(candidate) { return candidate }
      parts = parts.dropFirst()
    }
    throw RejectedLine(line: property.line, detail: "The TZID `\(name)` is no IANA zone.")
  }
}
