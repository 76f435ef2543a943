import Testing

@testable import Bench

@Suite struct ScheduleTests {
  @Test func anOpenLoopKeepsItsTimesHoweverLateItsUsersAre() throws {
    let schedule = Schedule(.open(perSecond: 200), duration: .seconds(1))
    let first = try #require(schedule.take(user: 0, now: .zero, isFirst: true))
    // Nobody was free for 400 ms: the second request is late, and its latency counts from 5 ms.
    let second = try #require(schedule.take(user: 1, now: .milliseconds(400), isFirst: false))
    #expect(first.at == .zero && second.at == .milliseconds(5) && schedule.countsFromSchedule)
    var count = 2
    while schedule.take(user: 0, now: .seconds(9), isFirst: false) != nil { count += 1 }
    #expect(count == 200)
  }

  @Test func aPacedUserPausesAfterEachAnswer() throws {
    let schedule = Schedule(.paced(pause: .milliseconds(100)), duration: .seconds(1))
    #expect(try #require(schedule.take(user: 25, now: .zero, isFirst: true)).at == .milliseconds(50))
    #expect(try #require(schedule.take(user: 25, now: .milliseconds(73), isFirst: false)).at == .milliseconds(173))
    #expect(schedule.take(user: 25, now: .milliseconds(950), isFirst: false) == nil)
  }

  @Test func aSaturatingUserSendsAtOnceUntilTheEnd() throws {
    let schedule = Schedule(.saturating, duration: .seconds(1))
    #expect(try #require(schedule.take(user: 0, now: .milliseconds(3), isFirst: false)).at == .milliseconds(3))
    #expect(schedule.take(user: 0, now: .seconds(1), isFirst: false) == nil)
  }
}
