import Recurrence
import TaskModel
import Testing

@testable import RecurrenceEngine

@Suite struct SuccessorTests {
  let zones = ZoneDatabase()

  private func successor(
    _ rule: String, due: String, occurrence: String? = nil, completedAt: String?, zone: String = "UTC",
    anchor: TaskRecurrence.Anchor = .due, catchUp: TaskRecurrence.CatchUp = .next, rdates: [String] = [],
    exdates: [String] = []
  ) throws -> Successor? {
    try Successor(
      of: .init(
        recurrence: TaskRecurrence(
          rule: rule, rdates: rdates.map { try WallTime($0) }, exdates: exdates.map { try WallTime($0) },
          anchor: anchor, catchUp: catchUp),
        due: WallTime(due), occurrence: occurrence.map { try WallTime($0) },
        completedAt: completedAt.map { try Instant($0) }, timeZone: zone), zones: zones)
  }

  /// The dates were read off a calendar.
  @Test(arguments: [
    ("FREQ=DAILY", "2027-03-01", "2027-03-01T08:00:00Z", "2027-03-02"),
    ("FREQ=DAILY;INTERVAL=3", "2027-03-01T09:00:00", "2027-03-01T08:00:00Z", "2027-03-04T09:00:00"),
    ("FREQ=WEEKLY;BYDAY=MO,TH", "2027-03-01T09:00:00", "2027-03-01T10:00:00Z", "2027-03-04T09:00:00"),
    ("FREQ=MONTHLY;BYDAY=-1FR", "2027-03-26T09:00:00", "2027-03-26T10:00:00Z", "2027-04-30T09:00:00"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31", "2027-01-31T10:00:00Z", "2027-02-28"),
    ("FREQ=YEARLY", "2024-02-29", "2024-02-29T10:00:00Z", "2028-02-29"),
    // Before its date, and long after it: later than both.
    ("FREQ=WEEKLY", "2027-03-01T09:00:00", "2027-02-20T10:00:00Z", "2027-03-08T09:00:00"),
    ("FREQ=WEEKLY", "2027-03-01T09:00:00", "2027-03-30T10:00:00Z", "2027-04-05T09:00:00"),
  ])
  func theNextDateComesAfterDueAndCompletion(_ rule: String, _ due: String, _ done: String, _ next: String) throws {
    let successor = try #require(try successor(rule, due: due, completedAt: done))
    #expect(successor.due.description == next && successor.occurrence.description == next)
    #expect(successor.recurrence == nil)
  }

  /// protocols.md §4: completed at 23:59, redelivered at 00:01 of the next day. There is no clock to ask.
  @Test func aRedeliveryAfterMidnightComesToTheSameDate() throws {
    let first = try successor("FREQ=DAILY", due: "2027-03-01", completedAt: "2027-03-01T23:59:00Z")
    #expect(first?.due.description == "2027-03-02")
    #expect(try successor("FREQ=DAILY", due: "2027-03-01", completedAt: "2027-03-01T23:59:00Z") == first)
  }

  @Test func anchorCompletionCountsFromTheLocalDateOfTheCompletion() throws {
    // 02:00 in UTC is still the 9th in New York.
    let next = try successor(
      "FREQ=DAILY;INTERVAL=10", due: "2027-03-01T09:00:00", completedAt: "2027-03-10T02:00:00Z",
      zone: "America/New_York", anchor: .completion)
    #expect(next?.due.description == "2027-03-19T09:00:00")
  }

  @Test func anOccurrenceThatWasMovedStaysOneOfItsSeries() throws {
    let moved = try successor(
      "FREQ=WEEKLY", due: "2027-03-03T15:00:00", occurrence: "2027-03-01T09:00:00", completedAt: "2027-03-03T16:00:00Z")
    #expect(moved?.due.description == "2027-03-08T09:00:00")
    let early = try successor(
      "FREQ=WEEKLY", due: "2027-02-27T15:00:00", occurrence: "2027-03-01T09:00:00", completedAt: "2027-02-27T16:00:00Z")
    #expect(early?.due.description == "2027-03-08T09:00:00")
  }

  @Test func catchUpSaysWhichMissedOnesAreMadeUpFor() throws {
    func next(_ catchUp: TaskRecurrence.CatchUp) throws -> String? {
      try successor(
        "FREQ=DAILY", due: "2027-03-01T09:00:00", completedAt: "2027-03-05T10:00:00Z", catchUp: catchUp)?.due
        .description
    }
    #expect(try next(.next) == "2027-03-06T09:00:00")
    #expect(try next(.all) == "2027-03-02T09:00:00")
    #expect(try next(.last) == "2027-03-05T09:00:00")
    let fast = try successor(
      "FREQ=SECONDLY", due: "2000-01-01T00:00:00", completedAt: "2027-03-05T10:00:00Z", catchUp: .last)
    #expect(fast?.due.description == "2027-03-05T10:00:00")
    #expect(
      try successor("FREQ=YEARLY", due: "2027-03-01", completedAt: "2027-03-05T10:00:00Z", catchUp: .last)?.due
        .description == "2028-03-01", "nothing was missed")
  }

  @Test func countAndUntilEndTheSeries() throws {
    let second = try successor("FREQ=DAILY;COUNT=3", due: "2027-03-01", completedAt: "2027-03-01T08:00:00Z")
    #expect(second?.recurrence?.rule == "FREQ=DAILY;COUNT=2")
    #expect(try successor("FREQ=DAILY;COUNT=1", due: "2027-03-03", completedAt: "2027-03-03T08:00:00Z") == nil)
    #expect(
      try successor("FREQ=DAILY;UNTIL=20270301", due: "2027-03-01", completedAt: "2027-03-01T08:00:00Z") == nil)
    // Those that were missed are counted too.
    let late = try successor("count=5;freq=daily", due: "2027-03-01", completedAt: "2027-03-03T08:00:00Z")
    #expect(late?.due.description == "2027-03-04" && late?.recurrence?.rule == "COUNT=2;freq=daily")
    // With anchor completion each completion counts one.
    let anew = try successor(
      "FREQ=DAILY;COUNT=2", due: "2027-03-01", completedAt: "2027-03-09T08:00:00Z", anchor: .completion)
    #expect(anew?.due.description == "2027-03-10" && anew?.recurrence?.rule == "FREQ=DAILY;COUNT=1")
    #expect(
      try successor(
        "FREQ=DAILY;COUNT=1", due: "2027-03-10", completedAt: "2027-03-11T08:00:00Z", anchor: .completion) == nil)
  }

  @Test func aGapMovesOneOccurrenceAndNotThoseBehindIt() throws {
    let inGap = try #require(
      try successor(
        "FREQ=DAILY", due: "2027-03-13T02:30:00", completedAt: "2027-03-13T10:00:00Z", zone: "America/New_York"))
    #expect(inGap.due.description == "2027-03-14T03:30:00")
    #expect(inGap.occurrence.description == "2027-03-14T02:30:00")
    let behind = try successor(
      "FREQ=DAILY", due: inGap.due.description, occurrence: inGap.occurrence.description,
      completedAt: "2027-03-14T10:00:00Z", zone: "America/New_York")
    #expect(behind?.due.description == "2027-03-15T02:30:00")
  }

  @Test func whatCannotBeReadIsSaid() throws {
    #expect(throws: SeriesError.self) {
      try successor("FREQ=SOMETIMES", due: "2027-03-01", completedAt: "2027-03-01T08:00:00Z")
    }
    #expect(throws: SeriesError.self) {
      try successor("FREQ=DAILY", due: "2027-03-01", completedAt: "2027-03-01T08:00:00Z", zone: "Mars/Olympus")
    }
  }

  /// Each successor begins its rule anew; completed on time they are the dates of the whole rule.
  @Test(arguments: [
    ("FREQ=DAILY;INTERVAL=3;COUNT=9", []), ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU;WKST=SU", []),
    ("FREQ=WEEKLY;INTERVAL=3;COUNT=7", []), ("FREQ=MONTHLY", []), ("FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR,2TU", []),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1;COUNT=11", []), ("FREQ=MONTHLY;BYMONTHDAY=31,-1,15", []),
    ("FREQ=YEARLY;BYWEEKNO=1,53", []), ("FREQ=YEARLY;INTERVAL=4;BYYEARDAY=60,366", []), ("FREQ=YEARLY;COUNT=4", []),
    ("FREQ=DAILY;UNTIL=20270401T000000Z", []), ("FREQ=HOURLY;INTERVAL=7", []),
    ("FREQ=DAILY;BYHOUR=2,9;BYMINUTE=0,30", []), ("FREQ=WEEKLY\nFREQ=MONTHLY;BYMONTHDAY=1;COUNT=5", []),
    ("FREQ=MONTHLY;COUNT=4\nFREQ=WEEKLY;COUNT=2\nFREQ=YEARLY", []),
    ("FREQ=WEEKLY;COUNT=6", ["2027-02-04T11:15:00", "2027-03-20", "2028-01-01T02:30:00"]),
    ("FREQ=DAILY;COUNT=2", ["2027-03-14T02:30:00", "2028-01-01"]),
  ])
  func aSeriesCompletedOnTimeGivesTheDatesOfItsRule(_ rule: String, _ rdates: [String]) throws {
    for (start, zone) in [("2027-01-31T02:30:00", "America/New_York"), ("2027-01-29T23:45:00", "UTC")] {
      let recurrence = TaskRecurrence(
        rule: rule, rdates: try rdates.map { try WallTime($0) }, exdates: [try WallTime("2027-02-28")])
      let rules = zones
      let timeZone = try rules.zone(named: zone)
      let set = RecurrenceSet(
        rules: try RecurrenceRule.rules(rule), rdates: recurrence.rdates, exdates: recurrence.exdates,
        start: try WallTime(start), zone: timeZone)
      let first = timeZone.instant(of: set.start)
      let whole = set.occurrences(after: first).prefix(60).map(\.local)
      var source = Successor.Source(
        recurrence: recurrence, due: set.start, occurrence: nil, completedAt: first, timeZone: zone)
      var chain: [WallTime] = []
      while chain.count < 60, let next = try Successor(of: source, zones: zones) {
        chain.append(next.due)
        source.due = next.due
        source.occurrence = next.occurrence
        source.recurrence = next.recurrence ?? source.recurrence
        source.completedAt = timeZone.instant(of: next.due)
      }
      #expect(chain == whole, "\(rule) from \(start) in \(zone)")
    }
  }
}
