import Recurrence
import Testing

@Suite("The next one after a completion")
struct RecurrenceAnchorTests {
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
    let completedAt = set.zone.instant(of: try WallTime(completed))
    #expect(set.next(due: set.start, completedAt: completedAt, anchor: .due, occurred: 1)?.local.description == next)
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
    let completedAt = set.zone.instant(of: try WallTime(completed))
    #expect(
      set.next(due: set.start, completedAt: completedAt, anchor: .completion, occurred: 1)?.local.description == next)
  }

  @Test("COUNT bounds how many there are from the completion on too, while further dates outlive it")
  func counts() throws {
    let completedAt = try Instant("2027-01-09T17:00:00Z")
    let set = try recurrence("FREQ=DAILY;COUNT=3", "2027-01-01")
    let next = {
      set.next(due: set.start, completedAt: completedAt, anchor: .completion, occurred: $0)?.local.description
    }
    #expect([1, 2, 3].map(next) == ["2027-01-10", "2027-01-10", nil])
    let outlived = try recurrence("FREQ=DAILY;COUNT=1", "2027-01-01", rdates: ["2027-01-05", "2027-06-01"])
    for anchor in RecurrenceAnchor.allCases {
      let next = outlived.next(due: outlived.start, completedAt: completedAt, anchor: anchor, occurred: 1)
      #expect(next?.local.description == "2027-06-01")
    }
  }
}
