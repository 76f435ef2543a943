import Recurrence
import Testing

@testable import TaskAPI

/// Occurrences that a file changes, and series whose DTSTART and DUE lie apart.
@Suite struct ICalendarSeriesTests {
  private static let zones = ImportZones(database: ZoneDatabase(), home: "UTC")

  private func read(_ todos: String...) -> ImportedFile {
    let text = "BEGIN:VCALENDAR\n" + todos.map { "BEGIN:VTODO\n\($0)\nEND:VTODO\n" }.joined() + "END:VCALENDAR\n"
    return ICalendar.read(Array(text.utf8), Self.zones)
  }

  private let daily = """
    UID:s
    SUMMARY:Pill
    DTSTART;TZID=Europe/Berlin:20270301T090000
    DUE;TZID=Europe/Berlin:20270301T090000
    RRULE:FREQ=DAILY;COUNT=10
    """

  @Test func aLaterOccurrenceThatIsChangedIsATaskOfItsOwnAndLeftOutOfTheSeries() throws {
    let file = read(
      daily,
      "UID:s\nRECURRENCE-ID;TZID=Europe/Berlin:20270304T090000\nSUMMARY:Two pills\nDUE;TZID=Europe/Berlin:20270304T200000"
    )
    #expect(file.rejected == [] && file.tasks.map(\.title) == ["Pill", "Two pills"])
    #expect(try file.tasks[0].exdates == [WallTime("2027-03-04T09:00:00")])
    #expect(try file.tasks[0].due == .wall(WallTime("2027-03-01T09:00:00"), zone: "Europe/Berlin"))
    #expect(file.tasks[1].rule == "" && file.tasks[1].uid == "s")
    #expect(try file.tasks[1].occurrence == WallTime("2027-03-04T09:00:00"))
    #expect(try file.tasks[1].due == .wall(WallTime("2027-03-04T20:00:00"), zone: "Europe/Berlin"))
  }

  @Test func aSeriesWhoseFirstDatesAreDoneGoesOnAfterThem() throws {
    // As Thunderbird keeps a series of which two are done; the second RECURRENCE-ID is in UTC.
    let file = read(
      daily, "UID:s\nRECURRENCE-ID;TZID=Europe/Berlin:20270301T090000\nSUMMARY:Pill\nSTATUS:COMPLETED",
      "UID:s\nRECURRENCE-ID:20270302T080000Z\nSUMMARY:Pill\nSTATUS:COMPLETED")
    #expect(file.rejected == [] && file.tasks.map(\.isDone) == [false, true, true])
    #expect(try file.tasks[0].due == .wall(WallTime("2027-03-03T09:00:00"), zone: "Europe/Berlin"))
    #expect(file.tasks[0].rule == "FREQ=DAILY;COUNT=8")
  }

  @Test func aCancelledOccurrenceIsOnlyLeftOut() throws {
    let file = read(daily, "UID:s\nRECURRENCE-ID;VALUE=DATE:20270302\nSUMMARY:Pill\nSTATUS:CANCELLED")
    #expect(file.tasks.map(\.title) == ["Pill"] && file.rejected.map(\.detail) == ["The VTODO is STATUS:CANCELLED."])
    #expect(try file.tasks[0].exdates == [WallTime("2027-03-02")])
  }

  @Test func anOccurrenceWithoutItsSeriesIsRejected() {
    let change = "UID:s\nRECURRENCE-ID:20270304T080000Z\nSUMMARY:Two pills"
    #expect(read(change).rejected.map(\.detail).first?.contains("is not in this file") == true)
    let broken = read(daily.replacing("SUMMARY:Pill", with: "STATUS:CANCELLED\nSUMMARY:Pill"), change)
    #expect(broken.tasks == [] && broken.rejected.last?.detail.contains("was rejected") == true)
    let range = read(daily, "UID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270304T080000Z\nSUMMARY:Two pills")
    #expect(range.tasks.count == 1 && range.rejected.first?.detail.contains("RANGE") == true)
  }

  @Test func aSeriesOfWhichNothingIsLeftIsRejected() {
    let file = read("UID:s\nSUMMARY:a\nDUE:20270301\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20270301,20270302")
    #expect(file.tasks == [] && file.rejected.first?.detail.contains("Every date") == true)
  }

  @Test(arguments: [
    ("DTSTART:20270301T090000Z\nDURATION:PT90M", "2027-03-01T10:30:00"),
    ("DTSTART:20270301\nDURATION:P1W", "2027-03-08"),
    // A day of the zone has 23 hours here.
    ("DTSTART;TZID=Europe/Berlin:20270327T120000\nDURATION:P1DT1H", "2027-03-28T13:00:00"),
  ])
  func aDurationTellsTheDue(lines: String, due: String) throws {
    let file = read("SUMMARY:a\n" + lines)
    #expect(try Self.zones.wall(#require(file.tasks.first?.due)).time == WallTime(due))
  }

  @Test(arguments: [
    // On one day: the same days, at the time of the due.
    (
      "DTSTART:20270301T080000\nDUE:20270301T180000\nRRULE:FREQ=MONTHLY;BYDAY=1MO;UNTIL=20271004T080000Z",
      "2027-03-01T18:00:00",
      "FREQ=MONTHLY;BYDAY=1MO;UNTIL=20271004"
    ),
    // The last one begins after the UNTIL.
    (
      "DTSTART:20270301T080000\nDUE:20270301T180000\nRRULE:FREQ=DAILY;UNTIL=20270305T070000", "2027-03-01T18:00:00",
      "FREQ=DAILY;UNTIL=20270304"
    ),
    ("DTSTART:20270301\nDUE:20270303\nRRULE:FREQ=WEEKLY;UNTIL=20270315", "2027-03-03", "FREQ=WEEKLY;UNTIL=20270317"),
    (
      "DTSTART:20270301T080000\nDUE:20270302T080000\nRRULE:FREQ=DAILY;INTERVAL=3", "2027-03-02T08:00:00",
      "FREQ=DAILY;INTERVAL=3"
    ),
  ])
  func aRuleOfTheStartRunsOnTheDueWhereTheSameDaysComeOfIt(lines: String, due: String, rule: String) throws {
    let file = read("SUMMARY:a\n" + lines)
    #expect(file.rejected == [])
    let task = try #require(file.tasks.first)
    #expect(try Self.zones.wall(#require(task.due)).time == WallTime(due) && task.rule == rule)
  }

  @Test(arguments: [
    "DTSTART:20270301\nDUE:20270303\nRRULE:FREQ=MONTHLY", "DTSTART:20270301\nDUE:20270302\nRRULE:FREQ=WEEKLY;BYDAY=MO",
    "DTSTART:20270301T080000\nDUE:20270301T090000\nRRULE:FREQ=HOURLY",
    "DTSTART:20270303\nDUE:20270301\nRRULE:FREQ=DAILY",
  ])
  func aRuleThatWouldGiveOtherDatesIsRejected(lines: String) {
    let file = read("SUMMARY:a\n" + lines)
    #expect(file.tasks == [] && file.rejected.first?.detail.contains("apart from DUE") == true)
  }

  @Test func exceptionsMoveWithTheRule() throws {
    let file = read(
      "SUMMARY:a\nDTSTART:20270301\nDUE:20270302\nRRULE:FREQ=DAILY;INTERVAL=2\nEXDATE;VALUE=DATE:20270303\nRDATE;VALUE=DATE:20270310"
    )
    #expect(try file.tasks.first?.exdates == [WallTime("2027-03-04")])
    #expect(try file.tasks.first?.rdates == [WallTime("2027-03-11")])
  }

  @Test(arguments: [
    ("TRIGGER:-PT15M", "PT615M"), ("TRIGGER;RELATED=END:-PT15M", "PT15M"), ("TRIGGER;RELATED=START:PT11H", "-PT60M"),
  ])
  func anAlarmCountsFromTheStartUnlessItSaysEnd(trigger: String, before: String) throws {
    let file = read(
      "SUMMARY:a\nDTSTART:20270301T080000Z\nDUE:20270301T180000Z\nBEGIN:VALARM\n\(trigger)\nEND:VALARM")
    #expect(try file.tasks.first?.reminders == [.before(ISODuration(before))])
  }
}
