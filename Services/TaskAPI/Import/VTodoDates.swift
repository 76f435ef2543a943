import Recurrence

/// When a VTODO begins and is due, and what its alarms count from.
struct VTodoDates {
  let start: ImportedTask.Moment?
  /// DUE, or DTSTART and DURATION, or DTSTART alone.
  let due: ImportedTask.Moment?
  private let times: ICalendarTimes

  init(_ todo: ICalendarComponent, _ times: ICalendarTimes) throws(RejectedLine) {
    self.times = times
    start = try todo["DTSTART"].map { property throws(RejectedLine) in try times.moment(property) }
    if let property = todo["DUE"] {
      due = try times.moment(property)
    } else if let property = todo["DURATION"] {
      guard let start else {
        throw RejectedLine(line: property.line, detail: "The DURATION has no DTSTART to count from.")
      }
      due = Self.moved(start, by: try Self.duration(property.value, property), times.zones)
    } else {
      due = start
    }
  }

  /// Whether a series and what it counts from are two things.
  var areApart: Bool {
    guard let start, let due else { return false }
    return times.zones.instant(start) != times.zones.instant(due)
  }

  /// What an alarm comes to; nil for one that is not to be heard.
  func reminder(_ alarm: ICalendarComponent) throws(RejectedLine) -> ImportedTask.Reminder? {
    // Apple writes ACTION:NONE to say that there is no alarm, and a time in 1976 for one that waits for a place.
    guard let trigger = alarm["TRIGGER"], alarm["ACTION"]?.value.uppercased() != "NONE",
      alarm["X-APPLE-PROXIMITY"] == nil
    else { return nil }
    if trigger.parameters["VALUE"]?.uppercased() == "DATE-TIME" {
      guard case .instant(let instant) = try times.moment(trigger) else {
        throw RejectedLine(line: trigger.line, detail: "A TRIGGER with a time is in UTC.")
      }
      return .at(instant)
    }
    guard let due else { throw RejectedLine(line: trigger.line, detail: "The alarm has no DUE to count from.") }
    let duration = try Self.duration(trigger.value, trigger)
    if trigger.parameters["RELATED"]?.uppercased() != "END", areApart, let start {
      let zone = times.zones.wall(start).zone
      let at = zone.instant(times.zones.instant(start), moved: duration)
      return .before(
        try Self.duration(seconds: times.zones.instant(due).secondsSinceEpoch - at.secondsSinceEpoch, trigger))
    }
    // A trigger of -PT15M is 15 minutes before, where a reminder says PT15M.
    let text = duration.description
    return .before(try Self.duration(duration.isNegative ? String(text.dropFirst()) : "-" + text, trigger))
  }

  private static func duration(_ text: String, _ property: ICalendarLine) throws(RejectedLine) -> ISODuration {
    do { return try ISODuration(text) } catch {
      throw RejectedLine(line: property.line, detail: "The \(property.name) is no duration: \(error.reason).")
    }
  }

  private static func duration(seconds: Int, _ property: ICalendarLine) throws(RejectedLine) -> ISODuration {
    let sign = seconds < 0 ? "-" : ""
    let size = seconds.magnitude
    return try duration(size % 60 == 0 ? "\(sign)PT\(size / 60)M" : "\(sign)PT\(size)S", property)
  }

  private static func moved(
    _ start: ImportedTask.Moment, by duration: ISODuration, _ zones: ImportZones
  ) -> ImportedTask.Moment {
    if case .wall(let wall, let zone) = start, wall.isDateOnly, duration.exactSeconds == 0 {
      return .wall(WallTime(date: wall.date.adding(days: duration.calendarDays)), zone: zone)
    }
    let zone = zones.wall(start).zone
    let end = zone.instant(zones.instant(start), moved: duration)
    if case .wall = start { return .wall(zone.wallTime(at: end), zone: zone.name) }
    return .instant(end)
  }
}
