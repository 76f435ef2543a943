import DaprClient
import Recurrence
import TaskModel
import Testing

@testable import Notifier

@Suite struct ScheduleValueTests {
  // The hashes come from a Python loop over the UTF-8 octets.
  @Test(arguments: [("local", 8), ("alice", 39), ("bob", 20), ("Zoë", 28), ("", 5)])
  func anOwnersShardIsTheirPartition(_ owner: String, _ shard: Int) {
    #expect(OwnerPartition.of(owner) == shard)
  }

  @Test func keysReadAsTheProtocolHasThem() throws {
    let minute = Minute(try Instant("2027-03-14T07:30:59.5Z"))
    #expect(ScheduleKeys.page(12, .minute(minute), 3) == "due/12/2027-03-14T07:30/3")
    #expect(ScheduleKeys.page(12, .late, 0) == "due/12/late/0")
    #expect(ScheduleKeys.lease(12) == "due/12/lease")
    #expect(ScheduleKeys.reminders("t") == "reminders/t")
    #expect(Minute(try Instant("1969-12-31T23:59:30Z")).description == "1969-12-31T23:59")
  }

  @Test func valuesSurviveBeingStoredAndRead() throws {
    let at = try Instant("2027-03-14T07:30:00.25Z")
    let page = DuePage(entries: [DueEntry(task: "t\"1", reminder: "r", at: at)])
    #expect(DuePage(json: page.json) == page)
    var record = ReminderRecord(shard: 63)
    record.version = 9
    record.scheduled = [TimedReminder(reminder: "r", at: at)]
    record.delivered = [TimedReminder(reminder: "q", at: at)]
    #expect(ReminderRecord(json: record.json) == record)
    let shard = ShardRecord(watermark: Minute(at))
    #expect(ShardRecord(json: shard.json) == shard)
    #expect(DuePage(json: Array("{}".utf8)) == nil)
    #expect(ShardRecord(json: Array(#"{"watermark":"soon"}"#.utf8)) == nil)
  }

  @Test func pagesHoldAHundredEntries() throws {
    let at = try Instant("2027-03-14T07:30:00Z")
    var run = PageRun(shard: 1, slot: .minute(Minute(at)))
    for number in 0..<250 { run.add(DueEntry(task: "t\(number)", reminder: "r", at: at)) }
    run.add(DueEntry(task: "t7", reminder: "r", at: at))
    #expect(run.pages.map(\.content.entries.count) == [100, 100, 50])
    #expect(run.writes.map(\.key) == (0..<3).map { "due/1/2027-03-14T07:30/\($0)" })
    #expect(run.writes.allSatisfy { $0.precondition == .absent })
    run.remove(DueEntry(task: "t0", reminder: "r", at: at))
    run.add(DueEntry(task: "new", reminder: "r", at: at))
    #expect(run.pages[0].content.entries.last?.task == "new")
  }

  @Test func beforeCountsCalendarDaysInTheTasksZone() throws {
    // New York springs forward on 14 March 2027: the day before it at the same time is 23 hours away.
    let world = try World()
    var task = world.task(
      reminders: try ["P1D", "PT24H", "P1DT1H", "PT0S", "-PT1H"].map {
        TaskReminder(id: $0, time: .before(try ISODuration($0)))
      })
    task.timeZone = "America/New_York"
    task.due = try WallTime("2027-03-14T12:00:00")
    task.dueAt = try Instant("2027-03-14T16:00:00Z")
    let reminded = RemindedTask(task, zones: ZoneDatabase())
    #expect(
      reminded.pending.map(\.at) == [
        try Instant("2027-03-13T17:00:00Z"), try Instant("2027-03-13T16:00:00Z"), try Instant("2027-03-13T16:00:00Z"),
        try Instant("2027-03-14T16:00:00Z"), try Instant("2027-03-14T17:00:00Z"),
      ])
  }

  @Test func transactionsAreCutAtFiveHundredOperationsAndAMebibyte() {
    let small = (0..<1100).map { StateOperation.upsert("k\($0)", Array("1".utf8)) }
    #expect(TransactionSplit.groups(small).map(\.count) == [499, 499, 102])
    let large = (0..<5).map { StateOperation.upsert("k\($0)", [UInt8](repeating: 49, count: 400_000)) }
    #expect(TransactionSplit.groups(large).map(\.count) == [2, 2, 1])
    #expect(TransactionSplit.groups([]).isEmpty)
  }
}

@Suite struct ScheduleChangeTests {
  let world: World
  let ten: Instant

  init() throws {
    world = try World()
    ten = try Instant("2027-03-02T10:00:00Z")
  }

  private func reminded(_ task: TaskItem) -> RemindedTask { RemindedTask(task, zones: ZoneDatabase()) }

  private func record(version: Int = 1) -> ReminderRecord {
    var record = ReminderRecord(shard: 39)
    record.version = version
    record.scheduled = [TimedReminder(reminder: "r1", at: ten)]
    return record
  }

  @Test func aNewReminderIsScheduled() throws {
    let task = reminded(try world.task(at: "2027-03-02T10:00:00Z"))
    let change = try #require(ScheduleChange(to: task, from: nil))
    #expect(change.added == [DueEntry(task: "t1", reminder: "r1", at: ten)])
    #expect(change.record == record())
  }

  @Test func aTaskThatNeverHadRemindersCostsNothing() {
    #expect(ScheduleChange(to: reminded(world.task(reminders: [])), from: nil) == nil)
  }

  @Test func theHighestVersionWins() throws {
    let old = reminded(try world.task(version: 3, at: "2027-03-02T11:00:00Z"))
    #expect(ScheduleChange(to: old, from: record(version: 4)) == nil)
    #expect(ScheduleChange(to: old, from: record(version: 3)) == nil)
    #expect(ScheduleChange(to: old, from: record(version: 2)) != nil)
  }

  @Test func anEditElsewhereKeepsTheScheduleAndNotesTheVersion() throws {
    let change = try #require(
      ScheduleChange(to: reminded(try world.task(version: 2, at: "2027-03-02T10:00:00Z")), from: record()))
    #expect(change.added.isEmpty && change.removed.isEmpty)
    #expect(change.record == record(version: 2))
  }

  @Test func doneAndDeletedTasksLoseTheirPlaces() throws {
    var done = try world.task(version: 2, at: "2027-03-02T10:00:00Z")
    done.status = .done
    var deleted = try world.task(version: 2, at: "2027-03-02T10:00:00Z")
    deleted.deletedAt = world.now
    for task in [done, deleted] {
      let change = try #require(ScheduleChange(to: reminded(task), from: record()))
      #expect(change.removed == [DueEntry(task: "t1", reminder: "r1", at: ten)])
      #expect(change.record?.scheduled == [])
    }
  }

  @Test func whatWasMissedOrDeliveredIsNotScheduled() throws {
    let missed = world.task(reminders: [TaskReminder(id: "r1", time: .at(ten), isMissed: true)])
    #expect(ScheduleChange(to: reminded(missed), from: nil) == nil)
    var delivered = record()
    delivered.settle(TimedReminder(reminder: "r1", at: ten), delivered: true)
    let again = reminded(try world.task(version: 2, at: "2027-03-02T10:00:00Z"))
    #expect(ScheduleChange(to: again, from: delivered)?.added == [])
  }

  @Test func oldDeliveriesAreForgottenSoThatTheRecordStaysSmall() throws {
    var old = record()
    for second in 0..<50 {
      old.settle(TimedReminder(reminder: "r1", at: ten.adding(seconds: second)), delivered: true)
    }
    let task = reminded(try world.task(version: 2, at: "2027-03-02T10:00:00Z"))
    let new = try #require(ScheduleChange(to: task, from: old)?.record)
    #expect(new.delivered.count == ReminderRecord.remembered + 1)
    #expect(new.delivered.first?.at == ten, "the task still asks for this one")
  }
}
