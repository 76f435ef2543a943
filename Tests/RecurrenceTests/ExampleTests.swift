import Testing

@testable import Recurrence

/// The examples of RFC 5545 §3.8.5.3, which all begin at 09:00 in New York, in our own form.
@Suite struct ExampleTests {
  private static let zones = ZoneDatabase()

  private func dates(_ rule: String, from start: String, count: Int, zone: String = "America/New_York") throws
    -> [String]
  {
    let set = RecurrenceSet(
      rules: try RecurrenceRule.rules(rule), start: try WallTime(start),
      zone: try Self.zones.zone(named: zone))
    return set.preview(count: count).occurrences.map(\.local.description)
  }

  @Test(arguments: [
    ("FREQ=DAILY;COUNT=3", "1997-09-02", ["1997-09-02", "1997-09-03", "1997-09-04"]),
    ("FREQ=DAILY;UNTIL=19970904T130000Z", "1997-09-02", ["1997-09-02", "1997-09-03", "1997-09-04"]),
    (
      "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02",
      ["1997-09-02", "1997-09-12", "1997-09-22", "1997-10-02", "1997-10-12"]
    ),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", ["1997-09-02", "1997-09-16", "1997-09-30", "1997-10-14"]),
    (
      "FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", "1997-09-02", ["1997-09-02", "1997-09-04", "1997-09-09", "1997-09-11"]
    ),
    ("FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05", ["1997-09-05", "1997-10-03", "1997-11-07", "1997-12-05"]),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22", ["1997-09-22", "1997-10-20", "1997-11-17"]),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", ["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29"]),
    ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", "1997-09-02", ["1997-09-02", "1997-09-15", "1997-10-02", "1997-10-15"]),
    ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", "1997-09-30", ["1997-09-30", "1997-10-01", "1997-10-31", "1997-11-01"]),
    ("FREQ=YEARLY;COUNT=3;BYMONTH=6,7", "1997-06-10", ["1997-06-10", "1997-07-10", "1998-06-10"]),
    (
      "FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "1997-01-01",
      ["1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01"]
    ),
    ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", ["1997-05-19", "1998-05-18", "1999-05-17"]),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", ["1997-05-12", "1998-05-11", "1999-05-17"]),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", ["1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13"]),
    (
      "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05",
      ["1996-11-05", "2000-11-07", "2004-11-02"]
    ),
    (
      "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29",
      ["1997-09-29", "1997-10-30", "1997-11-27", "1997-12-30"]
    ),
    (
      "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05",
      ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
    ),
    (
      "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05",
      ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
    ),
    (
      "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15",
      ["2007-01-15", "2007-01-30", "2007-02-15", "2007-03-15", "2007-03-30"]
    ),
  ])
  func theStandardsExamplesHold(rule: String, start: String, expected: [String]) throws {
    #expect(try dates(rule, from: start + "T09:00:00", count: expected.count) == expected.map { $0 + "T09:00:00" })
  }

  @Test func monthsWithoutTheDayAreSkippedAndNeverDrift() throws {
    #expect(
      try dates("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", from: "2027-01-31", count: 9)
        == ["2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31"])
    #expect(
      try dates("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", from: "2027-01-31", count: 3)
        == ["2027-01-31", "2027-02-28", "2027-03-31"])
    #expect(try dates("FREQ=YEARLY", from: "2096-02-29", count: 2) == ["2096-02-29", "2104-02-29"])
  }

  @Test func aGapAndAFoldOfTheZoneAreTakenOnce() throws {
    let newYork = try Self.zones.zone(named: "America/New_York")
    #expect(newYork.instant(of: try WallTime("2026-03-08T02:30:00")).description == "2026-03-08T07:30:00Z")
    #expect(newYork.instant(of: try WallTime("2026-11-01T01:30:00")).description == "2026-11-01T05:30:00Z")
    let set = RecurrenceSet(
      rules: try RecurrenceRule.rules("FREQ=DAILY"), start: try WallTime("2026-03-07T02:30:00"), zone: newYork)
    #expect(
      set.preview(count: 3).occurrences.map(\.at.description)
        == ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"])
  }

  @Test func theOffsetOfAFarYearComesFromTheFooter() throws {
    let berlin = try Self.zones.zone(named: "Europe/Berlin")
    #expect(berlin.instant(of: try WallTime("2399-07-01T12:00:00")).description == "2399-07-01T10:00:00Z")
    #expect(berlin.instant(of: try WallTime("2399-01-01T12:00:00")).description == "2399-01-01T11:00:00Z")
  }

  @Test(arguments: ["../etc/passwd", "/etc/passwd", "Mars/Base", ""])
  func whatIsNoZoneIsSaid(name: String) {
    #expect(throws: TimeZoneError.self) { try Self.zones.zone(named: name) }
  }

  @Test func aRuleThatNeverOccursEndsWithAWarning() throws {
    let set = RecurrenceSet(
      rules: try RecurrenceRule.rules("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), start: try WallTime("2027-01-01"),
      zone: .utc)
    let preview = set.preview(count: 5)
    #expect(preview.occurrences.isEmpty && preview.warnings == ["The rule never occurs."])
  }

  @Test(arguments: [
    "FREQ=SOMETIMES", "INTERVAL=2", "FREQ=DAILY;COUNT=1;UNTIL=20270101", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;FREQ=DAILY",
  ])
  func aBrokenRuleNamesItsPlace(rule: String) {
    #expect(throws: RecurrenceRuleError.self) { try RecurrenceRule.rules(rule) }
  }
}
