import Recurrence
import Testing

@Suite("Occurrences")
struct RecurrenceSetTests {
  @Test("The examples of RFC 5545", arguments: RFC5545Example.all)
  func rfcExamples(example: RFC5545Example) throws {
    let set = try recurrence(example.rule, "\(example.start)T09:00:00")
    #expect(set.first(example.expected.count) == example.expected)
    if let count = example.count { #expect(Array(set.occurrences()).count == count) }
  }

  @Test("The 31st skips short months, and COUNT counts what there is")
  func lastDays() throws {
    #expect(
      try recurrence("FREQ=MONTHLY;COUNT=4", "2027-01-31").first(9) == [
        "2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31",
      ])
    #expect(
      try recurrence("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2027-01-31").first(4)
        == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"])
    #expect(try recurrence("FREQ=YEARLY", "2096-02-29").first(3) == ["2096-02-29", "2104-02-29", "2108-02-29"])
  }

  @Test("A week counts in the calendar year in which its day lies")
  func weekNumbers() throws {
    #expect(
      try recurrence("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2020-01-01").first(3) == [
        "2020-12-28", "2026-12-28", "2032-12-27",
      ])
    #expect(
      try recurrence("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,WE", "2024-06-01").first(4) == [
        "2024-12-30", "2025-01-01", "2025-12-29", "2025-12-31",
      ])
    #expect(
      try recurrence("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,53;BYDAY=FR", "2021-01-01").first(3) == [
        "2021-01-01", "2021-01-08", "2023-01-06",
      ])
    #expect(try recurrence("FREQ=YEARLY;BYWEEKNO=20", "2027-01-06").first(2) == ["2027-05-19", "2028-05-17"])
  }

  @Test("The start is an occurrence only if the rule gives it")
  func start() throws {
    #expect(try recurrence("FREQ=WEEKLY;BYDAY=MO", "2027-01-05").first(1) == ["2027-01-11"])
  }

  @Test("A date alone runs on dates; hours of the rule are of no account then")
  func dates() throws {
    #expect(try recurrence("FREQ=DAILY;BYHOUR=9,10", "2027-01-05").first(2) == ["2027-01-05", "2027-01-06"])
    #expect(
      try recurrence("FREQ=HOURLY;INTERVAL=12", "2027-01-05").first(2) == [
        "2027-01-05T00:00:00", "2027-01-05T12:00:00",
      ])
  }

  @Test("A gap is met once, with the offset before it, and the next day is at the usual time")
  func gap() throws {
    let set = try recurrence("FREQ=DAILY", "2026-03-07T02:30:00")
    let occurrences = Array(set.occurrences().prefix(3))
    #expect(
      occurrences.map(\.at.description) == ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"])
    #expect(occurrences[1].local.description == "2026-03-08T03:30:00")
    #expect(occurrences[1].recurrenceDate.description == "2026-03-08T02:30:00")
    #expect(occurrences.map(\.offsetText) == ["-05:00", "-04:00", "-04:00"])
  }

  @Test("What falls on one instant is one occurrence, before COUNT, and all are in order")
  func oneInstant() throws {
    #expect(
      try recurrence("FREQ=HOURLY;COUNT=4", "2026-03-08T00:30:00").first(9)
        == ["2026-03-08T00:30:00", "2026-03-08T01:30:00", "2026-03-08T03:30:00", "2026-03-08T04:30:00"])
    #expect(
      try recurrence("FREQ=MINUTELY;INTERVAL=25;COUNT=6", "2026-03-08T01:40:00").occurrences().map(\.at.description)
        == ["06:40", "07:05", "07:20", "07:30", "07:45", "07:55"].map { "2026-03-08T\($0):00Z" })
    #expect(
      try recurrence("FREQ=DAILY;COUNT=3", "2011-12-29T09:00:00", "Pacific/Apia").first(9)
        == ["2011-12-29T09:00:00", "2011-12-31T09:00:00", "2012-01-01T09:00:00"])
    #expect(
      try recurrence("FREQ=HOURLY;COUNT=3", "2026-11-01T00:30:00").occurrences().map(\.at.description)
        == ["2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T07:30:00Z"])
  }

  @Test(
    "UNTIL is inclusive as an instant, as a wall time of the zone, and as a whole day",
    arguments: [
      ("20270105T140000Z", 5), ("20270105T135959Z", 4), ("20270105T090000", 5), ("20270105T085959", 4), ("20270105", 5),
      ("20261231", 0),
    ])
  func until(text: String, count: Int) throws {
    #expect(Array(try recurrence("FREQ=DAILY;UNTIL=\(text)", "2027-01-01T09:00:00").occurrences()).count == count)
  }

  @Test("Rules are united, dates added and taken out")
  func sets() throws {
    let set = try recurrence(
      "FREQ=WEEKLY;BYDAY=MO;COUNT=3\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", "2027-01-04T09:00:00",
      rdates: ["2027-01-05", "2027-01-07T18:00:00", "2027-01-06T09:00:00"],
      exdates: ["2027-01-11", "2027-01-06T09:00:00", "2027-01-18T10:00:00"])
    #expect(
      set.first(9)
        == [
          "2027-01-04T09:00:00", "2027-01-05T09:00:00", "2027-01-07T18:00:00", "2027-01-13T09:00:00",
          "2027-01-18T09:00:00",
        ])
    let twice = try recurrence("FREQ=DAILY;BYHOUR=8,20", "2027-01-04T08:00:00", exdates: ["2027-01-05"])
    #expect(twice.first(3) == ["2027-01-04T08:00:00", "2027-01-04T20:00:00", "2027-01-06T08:00:00"])
  }

  @Test(
    "A rule that never occurs ends with none and a warning",
    arguments: [
      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6",
      "FREQ=DAILY;INTERVAL=31;BYMONTHDAY=31;BYMONTH=4",
      "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
      "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
      "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1", "FREQ=HOURLY;INTERVAL=168;BYDAY=MO", "FREQ=DAILY;BYHOUR=9;BYSETPOS=2",
      "FREQ=MINUTELY;BYSETPOS=2;BYHOUR=1",
      "FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=5", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=DAILY;UNTIL=20210101",
    ])
  func never(rule: String) throws {
    let preview = try recurrence(rule, "2027-01-05T09:00:00").preview(count: 5)
    #expect(preview.occurrences.isEmpty)
    #expect(preview.warnings == ["The rule never occurs."])
  }

  @Test("A rare rule is found, however rare")
  func rare() throws {
    #expect(try recurrence("FREQ=DAILY;INTERVAL=365;BYMONTH=2;BYMONTHDAY=29", "1971-01-05").first(1) == ["3248-02-29"])
    #expect(
      try recurrence("FREQ=MINUTELY;INTERVAL=1441;BYHOUR=3;BYMINUTE=7;BYMONTH=2;BYMONTHDAY=29", "1971-01-05T09:00:00")
        .first(1)
        == ["4992-02-29T03:07:00"])
    #expect(
      try recurrence("FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29", "2100-01-01").first(2) == [
        "2400-02-29", "2800-02-29",
      ])
  }

  @Test("The calendar ends with the year 9999")
  func end() throws {
    let set = try recurrence("FREQ=YEARLY", "2027-07-01T09:00:00")
    #expect(set.next(after: try Instant("9999-01-01T00:00:00Z"))?.local.description == "9999-07-01T09:00:00")
    #expect(set.next(after: try Instant("9999-12-01T00:00:00Z")) == nil)
    #expect(try recurrence("FREQ=SECONDLY", "9999-12-31T18:59:58").first(9).count == 2)
    #expect(try recurrence("FREQ=DAILY", "0001-01-01").first(1) == ["0001-01-01"])
  }
}
