import Recurrence

/// Reads the VTODO components of an iCalendar file (RFC 5545) with their VALARM and RRULE.
enum ICalendar {
  /// `isZone` tells whether a name is an IANA zone.
  static func read(_ bytes: [UInt8], isZone: @escaping (String) -> Bool) -> ImportedFile {
    let (lines, broken) = ICalendarLine.read(bytes)
    var file = ImportedFile(rejected: broken)
    var path: [String] = []
    var todo: [ICalendarLine] = []
    var alarms: [[ICalendarLine]] = []
    var begin = 0
    for line in lines {
      switch line.name {
      case "BEGIN":
        path.append(line.value.uppercased())
        if path.last == "VTODO" {
          todo = []
          alarms = []
          begin = line.line
        } else if path.last == "VALARM" {
          alarms.append([])
        }
      case "END":
        guard path.last == line.value.uppercased() else {
          file.rejected.append(RejectedLine(line: line.line, detail: "END:\(line.value) ends no component."))
          continue
        }
        path.removeLast()
        guard line.value.uppercased() == "VTODO" else { continue }
        // A line of it that could not be read takes the whole task with it: half a task would be a wrong one.
        if broken.contains(where: { (begin...line.line).contains($0.line) }) { continue }
        do throws(RejectedLine) {
          file.tasks.append(try VTodo(line: begin, properties: todo, alarms: alarms, isZone: isZone).task())
        } catch {
          file.rejected.append(error)
        }
      default:
        if path.last == "VTODO" { todo.append(line) }
        if path.suffix(2) == ["VTODO", "VALARM"] { alarms[alarms.count - 1].append(line) }
      }
    }
    if path.contains("VTODO") {
      file.rejected.append(RejectedLine(line: begin, detail: "The VTODO has no END."))
    }
    file.rejected.sort { $0.line < $1.line }
    return file
  }
}
