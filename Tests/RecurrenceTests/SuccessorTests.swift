import Recurrence
import Testing

@Suite("The next one after a completion")
struct SuccessorTests {
  @Test(
    "Counted from due: the next date of the rule after both the due date and the completion",
    arguments: [
      // Early, in time, late within the day, late by days, and on the minute of a later date.
      ("2027-01-03T10:00:00", "2027-01-05T09:00:00"), ("2027-01-04T08:00:00", "2027-01-05T09:00:00"),
      ("2027-01-04T23:00:00", "2027-01-05T09:00:00"), ("2027-01-06T08:59:59", "2027-01-06T09:00:00"),
      ("2027-01-06T09:00:00", "2027-01-07T09:00:00"),
    ])
  func due(completed: String, next: String) throws {
    let set = try recurrence("FREQ=DAILY", "2027-01-04T09:00:00")
    let successor = set.successor(due: set.start, completedAt: set.zone.instant(of: try WallTime(completed)))
    #expect(successor?.occurrence.local.description == next)
  }

  @Test("An occurrence whose due was moved is followed by neither itself nor what the move passed")
  func moved() throws {
    let set = try recurrence("FREQ=WEEKLY", "2027-01-04T09:00:00")
    let early = set.successor(
      due: try WallTime("2027-01-02T09:00:00"), completedAt: try Instant("2027-01-02T15:00:00Z"))
    #expect(early?.occurrence.local.description == "2027-01-11T09:00:00")
    let late = set.successor(due: try WallTime("2027-01-12T09:00:00"), completedAt: nil)
    #expect(late?.occurrence.local.description == "2027-01-18T09:00:00")
  }

  @Test(
    "Counted from the completion: the rule begins anew on its local date at the due's time of day",
    arguments: [
      ("FREQ=DAILY;INTERVAL=3", "2027-01-01T09:00:00", "2027-01-10T23:30:00", "2027-01-13T09:00:00"),
      ("FREQ=WEEKLY;BYDAY=MO", "2027-01-04T09:00:00", "2027-01-13T10:00:00", "2027-01-18T09:00:00"),
      ("FREQ=MONTHLY", "2027-01-01", "2027-01-20T10:00:00", "2027-02-20"),
      ("FREQ=DAILY", "2027-01-01T23:00:00", "2027-01-01T08:00:00", "2027-01-02T23:00:00"),
      ("FREQ=HOURLY;INTERVAL=5", "2027-01-01T09:00:00", "2027-01-01T10:00:00", "2027-01-02T00:00:00"),
    ])
  func completion(rule: String, due: String, completed: String, next: String) throws {
    let set = try recurrence(rule, due)
    let successor = set.successorCountedFromCompletion(
      due: set.start, completedAt: set.zone.instant(of: try WallTime(completed)))
    #expect(successor?.occurrence.local.description == next)
    #expect(successor?.rules == set.rules)
  }

  @Test(
    "Handed on from one to the next, a series is what its rules give from the first start",
    arguments: [
      "FREQ=DAILY;COUNT=7", "FREQ=MONTHLY;COUNT=5", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=6",
      "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20271231",
      "FREQ=YEARLY;BYMONTH=1,3;COUNT=5", "FREQ=MONTHLY;COUNT=4\nFREQ=WEEKLY;COUNT=4",
    ])
  func chain(rule: String) throws {
    var set = try recurrence(rule, "2027-01-31T02:30:00")
    let expected = set.occurrences().map(\.at)
    var found = set.occurrences().filter { $0.recurrenceDate == set.start }.map(\.at)
    while let successor = set.successor(due: set.start, completedAt: nil) {
      found.append(successor.occurrence.at)
      set = RecurrenceSet(rules: successor.rules, start: successor.occurrence.recurrenceDate, zone: set.zone)
    }
    #expect(found == expected)
  }

  @Test("COUNT is the number of occurrences from the completion on too, and further dates outlive it")
  func counts() throws {
    let last = try recurrence("FREQ=DAILY;COUNT=1", "2027-01-01")
    #expect(
      last.successorCountedFromCompletion(due: last.start, completedAt: try Instant("2027-01-01T12:00:00Z")) == nil)
    let third = try recurrence("FREQ=DAILY;COUNT=3", "2027-01-01")
    let next = third.successorCountedFromCompletion(due: third.start, completedAt: try Instant("2027-01-09T12:00:00Z"))
    #expect(next?.rules.map(\.description) == ["FREQ=DAILY;COUNT=2"])
    let outlived = try recurrence("FREQ=DAILY;COUNT=1", "2027-01-01", rdates: ["2027-06-01", "2027-07-01"])
    for successor in [
      outlived.successor(due: outlived.start, completedAt: nil),
      outlived.successorCountedFromCompletion(due: outlived.start, completedAt: try Instant("2027-01-01T12:00:00Z")),
    ] {
      let june = try #require(successor)
      #expect(june.occurrence.local.description == "2027-06-01")
      let rest = RecurrenceSet(
        rules: june.rules, rdates: [try WallTime("2027-06-01"), try WallTime("2027-07-01")],
        start: june.occurrence.recurrenceDate,
        zone: outlived.zone)
      #expect(rest.successor(due: rest.start, completedAt: nil)?.occurrence.local.description == "2027-07-01")
    }
  }
}
