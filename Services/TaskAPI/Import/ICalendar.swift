import Recurrence

/// Reads the tasks of an iCalendar file (RFC 5545): VTODO with VALARM, recurrence and the zones of the file.
enum ICalendar {
  static func read(_ bytes: [UInt8], _ zones: ImportZones) -> ImportedFile {
    let (root, rejected) = ICalendarComponent.read(bytes)
    var file = ImportedFile(rejected: rejected)
    for calendar in [root] + root.components(named: "VCALENDAR") { read(calendar, zones, into: &file) }
    file.tasks.sort { $0.line < $1.line }
    file.rejected.sort { $0.line < $1.line }
    return file
  }

  private static func read(_ calendar: ICalendarComponent, _ zones: ImportZones, into file: inout ImportedFile) {
    var times = ICalendarTimes(zones: zones)
    for component in calendar.components(named: "VTIMEZONE") where !component.isBroken {
      do throws(RejectedLine) { times.define(try ICalendarZone(component)) } catch { file.rejected.append(error) }
    }
    // The name that Apple, Nextcloud and Thunderbird give a list of tasks; RFC 7986 says NAME.
    let list = (calendar["X-WR-CALNAME"] ?? calendar["NAME"])?.text
    var series = ICalendarSeries(zones: zones)
    for component in calendar.components where !component.isBroken {
      switch component.name {
      case "VTODO":
        let todo = VTodo(component, times: times, list: list)
        if todo.recurrenceID == nil { series.add(todo) } else { series.change(todo) }
      default: break
      }
    }
    for name in ["VEVENT", "VJOURNAL", "VFREEBUSY"] {
      let others = calendar.components(named: name)
      guard let first = others.first else { continue }
      // A calendar may hold thousands of them, and what is to be said of each is the same.
      let detail = others.count == 1 ? "A \(name) is no task." : "\(others.count) \(name) from here on are no tasks."
      file.rejected.append(RejectedLine(line: first.line, detail: detail))
    }
    let (tasks, rejected) = series.tasks()
    file.tasks += tasks
    file.rejected += rejected
  }
}
