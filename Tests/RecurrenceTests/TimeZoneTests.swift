import Recurrence
import Testing

@Suite("Time zones")
struct TimeZoneTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var zone: String, wall: String, instant: String, shown: String
    init(_ zone: String, _ wall: String, _ instant: String, _ shown: String? = nil) {
      (self.zone, self.wall, self.instant, self.shown) = (zone, wall, instant, shown ?? wall)
    }
    var testDescription: String { "\(wall) \(zone)" }
  }

  @Test(
    "A wall time is one instant: in a gap by the offset before it, in a fold the first",
    arguments: [
      Case("UTC", "2027-01-01T00:00:00", "2027-01-01T00:00:00Z"),
      // Gap and fold of New York, from the table and, after 2037, from the footer.
      Case("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59Z"),
      Case("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00Z", "2026-03-08T03:30:00"),
      Case("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00Z"),
      Case("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),
      Case("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00Z"),
      Case("America/New_York", "2400-03-12T02:30:00", "2400-03-12T07:30:00Z", "2400-03-12T03:30:00"),
      Case("America/New_York", "2400-11-05T01:30:00", "2400-11-05T05:30:00Z"),
      Case("America/New_York", "9999-07-01T00:00:00", "9999-07-01T04:00:00Z"),
      // Half an hour in Lord Howe.
      Case("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", "2026-10-04T02:45:00"),
      Case("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z"),
      Case("Australia/Lord_Howe", "2126-01-15T12:00:00", "2126-01-15T01:00:00Z"),
      Case("Australia/Lord_Howe", "2126-07-15T12:00:00", "2126-07-15T01:30:00Z"),
      // Apia left out 30 December 2011; Kwajalein 21 August 1993.
      Case("Pacific/Apia", "2011-12-30T09:00:00", "2011-12-30T19:00:00Z", "2011-12-31T09:00:00"),
      Case("Pacific/Kwajalein", "1993-08-21T12:00:00", "1993-08-22T00:00:00Z", "1993-08-22T12:00:00"),
      // Summer time that begins at midnight, that is told as negative winter time, that ends over new year.
      Case("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-04T01:00:00"),
      Case("Europe/Dublin", "2100-07-01T12:00:00", "2100-07-01T11:00:00Z"),
      Case("Pacific/Auckland", "2100-01-01T12:00:00", "2099-12-31T23:00:00Z"),
      // A footer with hours below zero, and one without summer time.
      Case("America/Nuuk", "2099-03-28T00:00:00", "2099-03-28T02:00:00Z"),
      Case("Asia/Kathmandu", "2300-01-01T00:00:00", "2299-12-31T18:15:00Z"),
      // Before the first transition: local mean time.
      Case("Europe/Paris", "1800-01-01T00:00:00", "1799-12-31T23:50:39Z"),
      // A link.
      Case("Asia/Calcutta", "2027-01-01T00:00:00", "2026-12-31T18:30:00Z"),
    ])
  func instants(of test: Case) throws {
    let zone = try zones.zone(named: test.zone)
    let instant = zone.instant(of: try WallTime(test.wall))
    #expect(instant.description == test.instant)
    #expect(zone.wallTime(at: instant).description == test.shown.withMidnight)
  }

  @Test("What a zone's clock shows leads back to the instant, except in the second pass of a fold")
  func roundTrip() throws {
    for name in ["America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Pacific/Apia", "Africa/Casablanca"] {
      let zone = try zones.zone(named: name)
      // Every 7 h 13 min from 1900 to 2150.
      for seconds in stride(from: -2_208_988_800, to: 5_680_281_600, by: 25_980) {
        let instant = Instant(secondsSinceEpoch: seconds)
        let back = zone.instant(of: zone.wallTime(at: instant))
        guard back != instant else { continue }
        #expect(back < instant && zone.wallTime(at: back) == zone.wallTime(at: instant), "\(name) \(instant)")
        #expect(zone.offset(at: back) > zone.offset(at: instant), "\(name) \(instant)")
      }
    }
  }

  @Test("A duration moves by calendar days on the wall's clock and by exact time")
  func durations() throws {
    let zone = try zones.zone(named: "Europe/Paris")
    // 28 March 2027 has 23 hours there.
    let noon = zone.instant(of: try WallTime("2027-03-28T12:00:00"))
    #expect(
      zone.wallTime(at: zone.instant(noon, moved: try ISODuration("P1D"), backwards: true)).description
        == "2027-03-27T12:00:00")
    #expect(
      zone.wallTime(at: zone.instant(noon, moved: try ISODuration("PT24H"), backwards: true)).description
        == "2027-03-27T11:00:00")
    #expect(
      zone.instant(noon, moved: try ISODuration("-P1DT30M"), backwards: true)
        == zone.instant(of: try WallTime("2027-03-29T12:30:00")))
    #expect(zone.instant(noon, moved: try ISODuration("PT0S")) == noon)
  }

  @Test(
    "A name that no zone has is refused, and no file outside of the directory is touched",
    arguments: [
      "Mars/Olympus", "", "../x", "/etc/passwd", "Europe/../../../etc/passwd", "Europe", "Europe/", "Europe//Paris",
      "europe/paris",
      "localtime", "zone.tab", "right/UTC", "Europe/Paris\u{0}", "UTC ", String(repeating: "A", count: 300),
    ])
  func unknownZones(name: String) {
    let error = #expect(throws: TimeZoneError.self) { try zones.zone(named: name) }
    #expect(error?.code == .unknownZone)
    #expect(error?.zone == name)
  }

  @Test("Missing tzdata is told apart from a missing zone")
  func missingDirectory() {
    let none = ZoneDatabase(directory: "/nowhere/zoneinfo")
    let error = #expect(throws: TimeZoneError.self) { try none.zone(named: "Europe/Paris") }
    #expect(error?.code == .missingDirectory)
    #expect(error?.description.contains("/nowhere/zoneinfo") == true)
  }

  @Test("A zone is read once")
  func cache() throws {
    #expect(try zones.zone(named: "Europe/Paris") === zones.zone(named: "Europe/Paris"))
  }
}

extension String {
  fileprivate var withMidnight: String { contains("T") ? self : self + "T00:00:00" }
}
