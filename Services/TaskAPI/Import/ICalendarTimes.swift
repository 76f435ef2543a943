import Recurrence

/// Reads the dates and times of one calendar of a file (RFC 5545 §3.3.4, §3.3.5).
struct ICalendarTimes: Sendable {
  let zones: ImportZones
  /// The calendar's own zones by their TZID.
  private var defined: [String: ICalendarZone] = [:]

  init(zones: ImportZones) { self.zones = zones }

  mutating func define(_ zone: ICalendarZone) { defined[zone.id] = zone }

  func moment(_ property: ICalendarLine) throws(RejectedLine) -> ImportedTask.Moment {
    try moment(property.value, property)
  }

  /// The values of a list such as EXDATE.
  func moments(_ property: ICalendarLine) throws(RejectedLine) -> [ImportedTask.Moment] {
    var moments: [ImportedTask.Moment] = []
    for value in property.value.split(separator: ",") { moments.append(try moment(String(value), property)) }
    return moments
  }

  private func moment(_ value: String, _ property: ICalendarLine) throws(RejectedLine) -> ImportedTask.Moment {
    guard let (wall, isUTC) = WallTime.basic(value) else {
      throw RejectedLine(line: property.line, detail: "\(property.name) `\(value)` is no date or time.")
    }
    if isUTC { return .instant(Instant(secondsSinceEpoch: wall.secondsSinceEpoch)) }
    guard let id = property.parameters["TZID"] else { return .wall(wall, zone: nil) }
    if let zone = defined[id] { return moment(wall, in: zone) }
    guard let name = ianaName(in: id) else {
      throw RejectedLine(
        line: property.line, detail: "The TZID `\(id)` is no IANA zone, and the file has no VTIMEZONE of it.")
    }
    return .wall(wall, zone: name)
  }

  /// The file's own zone decides the instant; the IANA zone is one that has the same there, so that a series goes on in it.
  private func moment(_ wall: WallTime, in zone: ICalendarZone) -> ImportedTask.Moment {
    let instant = zone.instant(of: wall)
    for name in [zone.id, zone.location].compactMap({ $0 }).compactMap(ianaName)
    where zones.rules(name).instant(of: wall) == instant {
      return .wall(wall, zone: name)
    }
    return .instant(instant)
  }

  /// The IANA zone of a TZID, which may stand behind a prefix (`/freeassociation.sourceforge.net/Europe/Berlin`).
  private func ianaName(in id: String) -> String? {
    var parts = id.split(separator: "/").suffix(3)
    while !parts.isEmpty {
      let candidate = parts.joined(separator: "/")
      if zones.isZone(candidate) { return candidate }
      parts = parts.dropFirst()
    }
    return nil
  }
}

extension WallTime {
  /// Reads `20270301`, `20270301T090000` or that with a `Z`.
  static func basic(_ text: String) -> (time: WallTime, isUTC: Bool)? {
    let octets = Array(text.utf8)
    let isUTC = octets.last == UInt8(ascii: "Z")
    let count = octets.count - (isUTC ? 1 : 0)
    func part(_ range: Range<Int>) -> String { String(decoding: octets[range], as: UTF8.self) }
    if count == 8, !isUTC {
      return (try? WallTime("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))")).map { ($0, false) }
    }
    guard count == 15, octets[8] == UInt8(ascii: "T") else { return nil }
    // A leap second, which no task is due at, is the one before it.
    let second = part(13..<15) == "60" ? "59" : part(13..<15)
    let date = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"
    return (try? WallTime("\(date)T\(part(9..<11)):\(part(11..<13)):\(second)")).map { ($0, isUTC) }
  }
}
