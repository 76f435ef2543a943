import Recurrence

/// The zone of this machine: `TZ`, else `/etc/localtime`, else UTC.
enum HostTimeZone {
  static func rules(environment: [String: String]) -> TimeZoneRules {
    if let name = environment["TZ"], !name.isEmpty, let zone = try? ZoneDatabase().zone(named: name) { return zone }
    guard let file = try? TextFile.read("/etc/localtime") else { return .utc }
    return (try? TimeZoneRules(name: "Local", tzif: file)) ?? .utc
  }
}
