/// A component of an iCalendar file (RFC 5545 §3.6): what stands between its BEGIN and its END.
struct ICalendarComponent: Sendable {
  /// VCALENDAR, VTODO and the like hold each other no deeper than this.
  private static let maximumDepth = 8

  /// In capitals; empty for the file as a whole.
  let name: String
  /// Of its BEGIN.
  let line: Int
  private(set) var properties: [ICalendarLine] = []
  private(set) var components: [ICalendarComponent] = []
  /// Some line of it could not be read. Half a task would be a wrong one.
  private(set) var isBroken = false

  subscript(name: String) -> ICalendarLine? { properties.first { $0.name == name } }

  func components(named name: String) -> [ICalendarComponent] { components.filter { $0.name == name } }

  /// The file, with what of it is no component.
  static func read(_ bytes: [UInt8]) -> (file: ICalendarComponent, rejected: [RejectedLine]) {
    var open = [ICalendarComponent(name: "", line: 1)]
    var rejected: [RejectedLine] = []
    func refuse(_ line: Int, _ detail: String) { rejected.append(RejectedLine(line: line, detail: detail)) }
    func close() {
      let closed = open.removeLast()
      open[open.count - 1].components.append(closed)
      // A broken alarm breaks its task, and a broken task leaves its calendar whole.
      if closed.isBroken, !["", "VCALENDAR"].contains(open[open.count - 1].name) {
        open[open.count - 1].isBroken = true
      }
    }
    func closeUnended(to depth: Int) {
      while open.count > depth {
        refuse(open[open.count - 1].line, "The \(open[open.count - 1].name) has no END.")
        open[open.count - 1].isBroken = true
        close()
      }
    }
    for result in ICalendarLine.read(bytes) {
      switch result {
      case .failure(let error):
        rejected.append(error)
        open[open.count - 1].isBroken = true
      case .success(let line) where line.name == "BEGIN":
        let name = line.value.uppercased()
        // No component holds one of its own kind, so the one before has lost its END.
        if let depth = open.dropFirst().firstIndex(where: { $0.name == name }) { closeUnended(to: depth) }
        if open.count > maximumDepth {
          refuse(line.line, "BEGIN:\(line.value) lies too deep.")
          open[open.count - 1].isBroken = true
        } else {
          open.append(ICalendarComponent(name: name, line: line.line))
        }
      case .success(let line) where line.name == "END":
        let name = line.value.uppercased()
        if let depth = open.dropFirst().lastIndex(where: { $0.name == name }) {
          closeUnended(to: depth + 1)
          close()
        } else {
          refuse(line.line, "END:\(line.value) ends no component.")
        }
      case .success(let line): open[open.count - 1].properties.append(line)
      }
    }
    closeUnended(to: 1)
    return (open[0], rejected)
  }
}
