import Recurrence
import Testing

@testable import TaskAPI

/// The VTIMEZONE of a file decides.
@Suite struct ICalendarZoneTests {
  private static let zones = ImportZones(database: ZoneDatabase(), home: "UTC")

  /// As Thunderbird and Nextcloud write Europe/Berlin.
  private static let berlin = """
    BEGIN:DAYLIGHT
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    TZNAME:CEST
    DTSTART:19700329T020000
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    END:DAYLIGHT
    BEGIN:STANDARD
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    TZNAME:CET
    DTSTART:19701025T030000
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    END:STANDARD
    """

  private func read(_ zone: String, id: String, due: String, extra: String = "") -> ImportedFile {
    let text = """
      BEGIN:VCALENDAR
      BEGIN:VTODO
      SUMMARY:a
      DUE;TZID="\(id)":\(due)
      END:VTODO
      BEGIN:VTIMEZONE
      TZID:\(id)
      \(extra)
      \(zone)
      END:VTIMEZONE
      END:VCALENDAR
      """
    return ICalendar.read(Array(text.utf8), Self.zones)
  }

  @Test(arguments: ["20270115T090000", "20270715T090000", "20270328T023000", "20271031T023000"])
  func whereItAgreesWithItsIANAZoneTheTaskIsInThat(due: String) throws {
    let file = read(Self.berlin, id: "Europe/Berlin", due: due)
    #expect(file.rejected == [])
    let wall = try #require(WallTime.basic(due)).time
    #expect(file.tasks.first?.due == .wall(wall, zone: "Europe/Berlin"))
  }

  @Test func aForeignNameMayNameItsIANAZoneBesideIt() throws {
    let file = read(
      Self.berlin, id: "W. Europe Standard Time", due: "20270715T090000", extra: "X-LIC-LOCATION:Europe/Berlin")
    #expect(try file.tasks.first?.due == .wall(WallTime("2027-07-15T09:00:00"), zone: "Europe/Berlin"))
  }

  @Test(arguments: [
    ("20270715T090000", "2027-07-15T07:00:00Z"), ("20270115T090000", "2027-01-15T08:00:00Z"),
    // Skipped: read with the offset before. Shown twice: the first.
    ("20270328T023000", "2027-03-28T01:30:00Z"), ("20271031T023000", "2027-10-31T00:30:00Z"),
    // Before the first change.
    ("19690101T000000", "1968-12-31T23:00:00Z"),
  ])
  func withoutAnIANAZoneTheInstantIsInUTC(due: String, instant: String) throws {
    let file = read(Self.berlin, id: "Customized Time Zone 1", due: due)
    #expect(try file.tasks.first?.due == .instant(Instant(instant)))
  }

  @Test func aZoneThatIsNotAsItsNameSaysIsBelieved() throws {
    // Fiji's old rule under Fiji's name: the zone has had no summer time since 2021.
    let zone = """
      BEGIN:DAYLIGHT
      TZOFFSETFROM:+1200
      TZOFFSETTO:+1300
      DTSTART:20101024T020000
      RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=2SU
      END:DAYLIGHT
      BEGIN:STANDARD
      TZOFFSETFROM:+1300
      TZOFFSETTO:+1200
      DTSTART:20110301T030000
      RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=2SU
      END:STANDARD
      """
    let summer = read(zone, id: "Pacific/Fiji", due: "20271225T080000")
    #expect(try summer.tasks.first?.due == .instant(Instant("2027-12-24T19:00:00Z")))
    let winter = read(zone, id: "Pacific/Fiji", due: "20270625T080000")
    #expect(try winter.tasks.first?.due == .wall(WallTime("2027-06-25T08:00:00"), zone: "Pacific/Fiji"))
  }

  @Test func rulesEndAtAnUntilInUTCAndDatesMayStandAlone() throws {
    // New York as Apple writes it, with the years before 2007 in parts.
    let zone = """
      BEGIN:STANDARD
      TZOFFSETFROM:-0400
      RRULE:FREQ=YEARLY;UNTIL=20061029T060000Z;BYMONTH=10;BYDAY=-1SU
      DTSTART:19671029T020000
      TZOFFSETTO:-0500
      END:STANDARD
      BEGIN:DAYLIGHT
      TZOFFSETFROM:-0500
      RRULE:FREQ=YEARLY;UNTIL=20060402T070000Z;BYMONTH=4;BYDAY=1SU
      DTSTART:19870405T020000
      TZOFFSETTO:-0400
      END:DAYLIGHT
      BEGIN:DAYLIGHT
      TZOFFSETFROM:-0500
      RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
      DTSTART:20070311T020000
      TZOFFSETTO:-0400
      END:DAYLIGHT
      BEGIN:STANDARD
      TZOFFSETFROM:-0400
      DTSTART:20071104T020000
      RDATE:20071104T020000,20081102T020000
      TZOFFSETTO:-0500
      END:STANDARD
      """
    for (due, instant) in [
      ("20060401T090000", "2006-04-01T14:00:00Z"), ("20060403T090000", "2006-04-03T13:00:00Z"),
      ("20061030T090000", "2006-10-30T14:00:00Z"), ("20070403T090000", "2007-04-03T13:00:00Z"),
      ("20080120T090000", "2008-01-20T14:00:00Z"), ("20081103T090000", "2008-11-03T14:00:00Z"),
    ] {
      #expect(try read(zone, id: "Eastern", due: due).tasks.first?.due == .instant(Instant(instant)), "\(due)")
    }
  }

  @Test(arguments: [
    ("", "neither STANDARD"), ("BEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD", "TZOFFSETFROM"),
    ("BEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD", "DTSTART"),
    (
      "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD",
      "yearly"
    ),
    (
      "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
        + "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU\nEND:STANDARD", "too often"
    ),
  ])
  func oneThatCannotBeReadIsSaidAndItsNameDecides(zone: String, reason: String) throws {
    let file = read(zone, id: "Europe/Berlin", due: "20270715T090000")
    #expect(file.rejected.count == 1 && file.rejected[0].detail.contains(reason), "\(file.rejected)")
    #expect(try file.tasks.first?.due == .wall(WallTime("2027-07-15T09:00:00"), zone: "Europe/Berlin"))
  }
}
