import Recurrence
import Testing

@testable import TaskAPI

@Suite struct ICalendarTests {
  private static let zones = ImportZones(database: ZoneDatabase(), home: "UTC")

  private func read(_ lines: String...) -> ImportedFile {
    let text = (["BEGIN:VCALENDAR", "VERSION:2.0"] + lines + ["END:VCALENDAR"]).joined(separator: "\r\n")
    return ICalendar.read(Array(text.utf8), Self.zones)
  }

  private func todo(_ lines: String...) -> ImportedFile {
    read((["BEGIN:VTODO"] + lines + ["END:VTODO"]).joined(separator: "\r\n"))
  }

  @Test func aTaskComesWithRuleAndAlarm() throws {
    let file = todo(
      "UID:1", "SUMMARY:Water the plants\\, all of them", "DESCRIPTION:first line\\nsecond", "PRIORITY:1",
      "CATEGORIES:home,green", "DTSTART;TZID=Europe/Berlin:20270301T090000", "DUE;TZID=Europe/Berlin:20270301T090000",
      "RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20270308T090000", "BEGIN:VALARM", "ACTION:DISPLAY",
      "TRIGGER:-PT15M", "END:VALARM")
    #expect(file.rejected == [])
    let task = try #require(file.tasks.first)
    #expect(task.title == "Water the plants, all of them")
    #expect(task.notes == "first line\nsecond")
    #expect(task.priority == .high)
    #expect(task.tags == ["home", "green"])
    #expect(try task.due == .wall(WallTime("2027-03-01T09:00:00"), zone: "Europe/Berlin"))
    #expect(task.rule == "FREQ=WEEKLY;BYDAY=MO")
    #expect(try task.exdates == [WallTime("2027-03-08T09:00:00")])
    #expect(try task.reminders == [.before(ISODuration("PT15M"))])
    #expect(task.uid == "1")
  }

  @Test func aFoldMayCutACharacter() throws {
    var octets = Array("BEGIN:VTODO\r\nSUMMARY:Gr".utf8)
    octets += [0xC3] + Array("\r\n ".utf8) + [0xBC] + Array("n\r\nEND:VTODO\r\n".utf8)
    let file = ICalendar.read(octets, Self.zones)
    #expect(file.tasks.map(\.title) == ["Grün"])
  }

  @Test(arguments: ["STATUS:COMPLETED", "COMPLETED:20260101T100000Z", "PERCENT-COMPLETE:100"])
  func threeWaysToBeDone(line: String) {
    #expect(todo("SUMMARY:a", line).tasks.map(\.isDone) == [true])
  }

  @Test(arguments: [
    ("STATUS:CANCELLED", "CANCELLED"), ("DUE:20270231", "no date"), ("DUE;TZID=Mars/Base:20270101T000000", "IANA"),
    ("PRIORITY:high", "PRIORITY"), ("RRULE:FREQ=DAILY", "DUE"), ("RECURRENCE-ID:20270101", "RECURRENCE-ID"),
    ("DUE:20270102\r\nDTSTART:20270101\r\nRRULE:FREQ=MONTHLY", "DTSTART"), ("no colon here", "NAME:value"),
    ("RDATE:20270101", "RDATE"), ("DURATION:PT1H", "DURATION"), ("DTSTART:20270101\r\nDURATION:1 hour", "DURATION"),
  ])
  func aTaskThatCannotBeReadIsRejectedAloneWithItsReason(line: String, reason: String) throws {
    let file = read(
      "BEGIN:VTODO", "SUMMARY:bad", line, "END:VTODO", "BEGIN:VTODO", "SUMMARY:good", "END:VTODO")
    #expect(file.tasks.map(\.title) == ["good"])
    let rejected = try #require(file.rejected.first)
    #expect(file.rejected.count == 1)
    #expect(rejected.detail.contains(reason), "\(rejected)")
    #expect((3...7).contains(rejected.line))
  }

  @Test func aZoneMayStandBehindAPrefix() throws {
    let file = todo("SUMMARY:a", "DUE;TZID=/citadel.org/20070227_1/Europe/Berlin:20270301T090000")
    #expect(try file.tasks.first?.due == .wall(WallTime("2027-03-01T09:00:00"), zone: "Europe/Berlin"))
  }

  @Test func triggersCountBothWaysAndAbsolutely() throws {
    let file = todo(
      "SUMMARY:a", "DUE:20270301T090000Z", "BEGIN:VALARM", "TRIGGER:PT5M", "END:VALARM", "BEGIN:VALARM",
      "TRIGGER;VALUE=DATE-TIME:20270301T080000Z", "END:VALARM")
    #expect(
      try file.tasks.first?.reminders == [.before(ISODuration("-PT5M")), .at(Instant("2027-03-01T08:00:00Z"))])
  }
}
