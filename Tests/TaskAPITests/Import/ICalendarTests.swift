import Foundation
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

  @Test func aComponentWithoutItsENDIsRejectedAlone() {
    let file = read(
      "BEGIN:VTODO", "SUMMARY:one", "BEGIN:VTODO", "SUMMARY:two", "END:VTODO", "BEGIN:VTODO", "SUMMARY:three",
      "BEGIN:VALARM", "TRIGGER:-PT1M", "END:VTODO", "END:VALARM", "BEGIN:", "END:")
    #expect(file.tasks.map(\.title) == ["two"])
    #expect(file.rejected.map(\.line) == [3, 10, 13])
    #expect(file.rejected[0].detail == "The VTODO has no END." && file.rejected[1].detail == "The VALARM has no END.")
    #expect(file.rejected[2].detail == "END:VALARM ends no component.")
  }

  @Test func componentsLieOnlySoDeep() {
    let file = read((0..<10_000).map { "BEGIN:X\($0)" }.joined(separator: "\r\n"))
    #expect(file.tasks == [] && file.rejected.contains { $0.detail.contains("too deep") })
  }

  @Test func whatIsNoTaskIsSaid() {
    let event = "BEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT"
    let file = read(event, "BEGIN:VJOURNAL", "SUMMARY:a", "END:VJOURNAL", event, event)
    #expect(file.rejected.map(\.line) == [3, 6])
    #expect(file.rejected.map(\.detail) == ["3 VEVENT from here on are no tasks.", "A VJOURNAL is no task."])
  }

  @Test func alarmsThatAppleDoesNotSoundAreNone() throws {
    let file = todo(
      "SUMMARY:a", "DUE:20270301T090000Z", "BEGIN:VALARM", "ACTION:NONE",
      "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "END:VALARM", "BEGIN:VALARM", "ACTION:DISPLAY",
      "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "X-APPLE-PROXIMITY:ARRIVE", "END:VALARM", "BEGIN:VALARM",
      "TRIGGER:-PT5M", "END:VALARM", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM")
    #expect(try file.tasks.first?.reminders == [.before(ISODuration("PT5M"))])
  }

  @Test func whateverAFileHoldsItIsReadToItsEnd() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let sample = [UInt8](try Data(contentsOf: root.appending(path: "ops/demo.d/tasks.ics")))
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("seed of the broken files: \(seed)")
    var generator = Xorshift(state: seed | 1)
    for _ in 0..<20 {
      var octets = sample
      for _ in 0..<Int.random(in: 1...40, using: &generator) {
        let place = Int.random(in: 0..<octets.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: octets[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: octets.removeSubrange(place..<min(place + 40, octets.count))
        default: octets.insert(contentsOf: "99999999-:;T\r\n".utf8.shuffled(using: &generator), at: place)
        }
      }
      let file = ICalendar.read(octets, Self.zones)
      let lines = Array(TextLines(octets)).count
      #expect((file.tasks.map(\.line) + file.rejected.map(\.line)).allSatisfy { (1...lines).contains($0) })
      #expect(file.tasks.count + file.rejected.count > 10)
    }
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

private struct Xorshift: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
