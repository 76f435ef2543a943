import Recurrence
import Testing

@testable import LocalMesh

@Suite struct CronScheduleTests {
  private func next(_ schedule: String, after text: String, zone: String = "UTC") throws -> String? {
    let local = try ZoneDatabase().zone(named: zone)
    return try CronSchedule(schedule, local: local).next(after: try Instant(text))?.description
  }

  @Test(arguments: [
    ("* * * * * *", "2026-11-23T05:32:25.4Z", "2026-11-23T05:32:26Z"),
    ("* * * * * *", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
    ("*/15 * * * * *", "2026-11-23T05:32:45Z", "2026-11-23T05:33:00Z"),
    ("30 9 * * *", "2026-11-23T09:30:00Z", "2026-11-24T09:30:00Z"),
    ("0 30 9 * * MON-FRI", "2026-11-27T10:00:00Z", "2026-11-30T09:30:00Z"),
    ("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    // Day and weekday both given: either will do.
    ("0 0 1 * 0", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z"),
    ("5,10-12 * * * *", "2026-11-23T05:05:00Z", "2026-11-23T05:10:00Z"),
    ("@hourly", "2026-11-23T05:32:25Z", "2026-11-23T06:00:00Z"),
    ("@weekly", "2026-11-23T05:32:25Z", "2026-11-29T00:00:00Z"),
    ("@every 1m30s", "2026-11-23T05:32:25.25Z", "2026-11-23T05:33:55.25Z"),
    ("CRON_TZ=Europe/Prague 0 9 * * *", "2026-11-23T00:00:00Z", "2026-11-23T08:00:00Z"),
  ])
  func theNextTimeIsTheFirstAfter(schedule: String, after: String, expected: String) throws {
    #expect(try next(schedule, after: after) == expected)
  }

  @Test func theHostsZoneCountsAlsoOverItsChanges() throws {
    #expect(try next("0 12 * * *", after: "2026-03-28T12:00:00Z", zone: "Europe/Prague") == "2026-03-29T10:00:00Z")
    // 02:30 comes twice in autumn; each instant is left behind for good.
    let first = try next("30 2 * * *", after: "2026-10-24T12:00:00Z", zone: "Europe/Prague")
    #expect(first == "2026-10-25T00:30:00Z")
    #expect(try next("30 2 * * *", after: "2026-10-25T01:45:00Z", zone: "Europe/Prague") == "2026-10-26T01:30:00Z")
  }

  @Test func whatNeverComesIsNone() throws { #expect(try next("0 0 30 2 *", after: "2026-01-01T00:00:00Z") == nil) }

  @Test(arguments: [
    ("* * * *", "5 or 6 fields"), ("61 * * * * *", "61"), ("*/0 * * * *", "step"), ("5-1 * * * *", "backwards"),
    ("@fortnightly", "@every"), ("@every 0s", "@every"), ("TZ=Nowhere/City * * * * *", "Nowhere"),
  ])
  func aBadScheduleIsRefusedWithItsReason(schedule: String, word: String) throws {
    let fault = #expect(throws: CronSchedule.Fault.self) { try CronSchedule(schedule, local: .utc) }
    #expect(fault?.reason.contains(word) == true, "\(String(describing: fault))")
  }
}
