import Recurrence
import TaskQuery
import Testing

@Suite struct TimeTests {
  /// An owner nine hours east of Greenwich, for whom it is 2027-03-01T08:30:00 already.
  let clock: QueryClock

  init() throws {
    clock = QueryClock(now: try Instant("2027-02-28T23:30:00.25Z"), zone: try zones.zone(named: "Asia/Tokyo"))
  }

  let zones = ZoneDatabase()

  func expression(_ text: String) throws -> TimeExpression {
    guard case .compare(_, _, .time(let time)) = try TaskFilter("due = \(text)") else { throw Unexpected() }
    return time
  }
  struct Unexpected: Error {}

  @Test(arguments: [
    ("today", "2027-03-01", "2027-03-02"), ("yesterday", "2027-02-28", "2027-03-01"),
    ("tomorrow+1w", "2027-03-09", "2027-03-10"), ("today-1mo", "2027-02-01", "2027-02-02"),
    ("today+30d+1mo", "2027-04-30", "2027-05-01"), ("today-1d+1y", "2028-02-28", "2028-02-29"),
    ("2027-05-15", "2027-05-15", "2027-05-16"),
  ]) func aDateCoversItsDay(text: String, from: String, to: String) throws {
    let range = clock.wallSeconds(of: try expression(text))
    #expect(WallTime(secondsSinceEpoch: range.lowerBound).dateOnly.description == from)
    #expect(WallTime(secondsSinceEpoch: range.upperBound).dateOnly.description == to)
    #expect(range.count % 86_400 == 0)
  }

  @Test(arguments: [
    ("2027-05-15T09:00:00", "2027-05-15T09:00:00"), ("today+9h", "2027-03-01T09:00:00"),
    ("now", "2027-03-01T08:30:00"), ("now+1d", "2027-03-02T08:30:00"), ("now-90min", "2027-03-01T07:00:00"),
    ("2027-03-14T00:00:00Z", "2027-03-14T09:00:00"), ("2027-03-14T00:00:00+01:00", "2027-03-14T08:00:00"),
  ]) func aTimeIsASecondOfTheOwnersWall(text: String, time: String) throws {
    let range = clock.wallSeconds(of: try expression(text))
    #expect(WallTime(secondsSinceEpoch: range.lowerBound).description == time)
    #expect(range.count == 1)
  }

  @Test(arguments: [
    ("today", "2027-02-28T15:00:00Z", 86_400_000_000), ("2027-05-15T09:00:00", "2027-05-15T00:00:00Z", 1_000_000),
    ("now", "2027-02-28T23:30:00.25Z", 1), ("now+2h", "2027-03-01T01:30:00.25Z", 1),
    ("now-1mo", "2027-01-31T23:30:00.25Z", 1), ("2027-03-14T07:30:00Z", "2027-03-14T07:30:00Z", 1),
  ]) func anInstantIsCountedInTheOwnersZone(text: String, from: String, length: Int) throws {
    let range = clock.microseconds(of: try expression(text))
    #expect(range.lowerBound == (try Instant(from)).microseconds)
    #expect(range.count == length)
  }

  @Test func aDayOfTheZoneMayHave23Hours() throws {
    let berlin = QueryClock(now: try Instant("2027-03-28T12:00:00Z"), zone: try zones.zone(named: "Europe/Berlin"))
    #expect(berlin.microseconds(of: try expression("today")).count == 23 * 3_600_000_000)
    // The same time of day, though only 23 hours before.
    let yesterday = berlin.microseconds(of: try expression("now-1d"))
    #expect(yesterday.lowerBound == (try Instant("2027-03-27T13:00:00Z")).microseconds)
  }

  @Test func stepsBeyondTheCalendarDoNotTrap() throws {
    for text in ["9999-12-31", "0001-01-01", "today+99999y+99999y", "today-99999y-99999mo", "now+99999w", "now-99999y"]
    {
      let time = try expression(text)
      #expect(clock.wallSeconds(of: time).count >= 1)
      #expect(clock.microseconds(of: time).count >= 1)
    }
  }
}
