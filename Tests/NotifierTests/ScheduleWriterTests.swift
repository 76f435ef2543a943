import DaprClient
import JSON
import Recurrence
import Synchronization
import TaskModel
import Testing

@testable import Notifier

@Suite struct ScheduleWriterTests {
  let world: World

  init() throws { world = try World() }

  private func entries(_ slot: Slot, shard: Int = 39) -> [DueEntry] {
    (0..<100).flatMap { page in
      world.store.value(ScheduleKeys.page(shard, slot, page)).flatMap { DuePage(json: $0) }?.entries ?? []
    }
  }

  private func minute(_ text: String) throws -> Slot { .minute(Minute(try Instant(text))) }

  @Test func anEventPutsItsReminderOnThePageOfItsMinute() async throws {
    let task = try world.task(at: "2027-03-02T10:00:30Z")
    #expect(try await world.write(task, to: world.replica()) == ["SUCCESS"])
    #expect(try entries(minute("2027-03-02T10:00:00Z")).map(\.task) == ["t1"])
    #expect(world.store.keys == ["due/39", "due/39/2027-03-02T10:00/0", "reminders/t1", "task/t1"])
  }

  @Test func aRedeliveryWritesNothing() async throws {
    let task = try world.task(at: "2027-03-02T10:00:30Z")
    let notifier = world.replica()
    try await world.write(task, to: notifier)
    let before = world.store.transactions.count
    #expect(try await world.deliver([task, task], to: notifier) == ["SUCCESS", "SUCCESS"])
    #expect(world.store.transactions.count == before)
  }

  @Test func aMovedReminderLeavesItsOldPage() async throws {
    let notifier = world.replica()
    try await world.write(try world.task(at: "2027-03-02T10:00:00Z"), to: notifier)
    try await world.write(try world.task(version: 2, at: "2027-03-02T11:00:00Z"), to: notifier)
    #expect(try entries(minute("2027-03-02T10:00:00Z")).isEmpty)
    #expect(try entries(minute("2027-03-02T11:00:00Z")).count == 1)
  }

  @Test func lateAndOvertakenEventsChangeNothing() async throws {
    let notifier = world.replica()
    let first = try world.task(version: 1, at: "2027-03-02T10:00:00Z")
    let second = try world.task(version: 2, at: "2027-03-02T11:00:00Z")
    #expect(try await world.deliver([second, first], to: notifier) == ["SUCCESS", "SUCCESS"])
    #expect(try await world.deliver([first], to: notifier) == ["SUCCESS"])
    #expect(try entries(minute("2027-03-02T10:00:00Z")).isEmpty)
    #expect(try entries(minute("2027-03-02T11:00:00Z")).count == 1)
  }

  @Test func aTombstoneTakesEverythingAway() async throws {
    let notifier = world.replica()
    try await world.write(try world.task(at: "2027-03-02T10:00:00Z"), to: notifier)
    #expect(
      try await world.deliver(
        events: [(Array("null".utf8), "t1"), (Array("null".utf8), "unknown")], to: notifier) == ["SUCCESS", "SUCCESS"])
    #expect(try entries(minute("2027-03-02T10:00:00Z")).isEmpty)
    #expect(world.store.value("reminders/t1") == nil)
  }

  @Test func markersAreSkipped() async throws {
    let statuses = try await world.deliver(
      events: [(MarkerEvent(marker: "0195c2f1-7c3e-7a10-8f3e-0123456789ab").json, "marker/a")], to: world.replica())
    #expect(statuses == ["SUCCESS"])
    #expect(world.store.keys.isEmpty && world.broker.records.isEmpty)
  }

  @Test func anEventThatNobodyCanReadIsBuriedAndTheOthersAreTaken() async throws {
    let bad = Array(#"{"specversion":"1.0","id":"x","source":"s","type":"task.changed","data":{"id":7}}"#.utf8)
    let good = try world.task(at: "2027-03-02T10:00:00Z")
    let statuses = try await world.deliver(
      events: [(bad, "k1"), (TaskEvent(task: good, change: []).json, good.id)], to: world.replica())
    #expect(statuses == ["SUCCESS", "SUCCESS"])
    let dead = try #require(world.broker.records.first)
    #expect(dead.topic == "task-events-dead" && dead.event.body == bad && dead.event.partitionKey == "k1")
    #expect(world.store.value("reminders/t1") != nil)
  }

  @Test func withoutTheStoreEventsComeAgain() async throws {
    let notifier = world.replica()
    let task = try world.task(at: "2027-03-02T10:00:00Z")
    world.store.setDown(true)
    #expect(try await world.deliver([task, task], to: notifier) == ["RETRY", "RETRY"])
    world.store.setDown(false)
    #expect(try await world.deliver([task], to: notifier) == ["SUCCESS"])
    #expect(try entries(minute("2027-03-02T10:00:00Z")).count == 1)
  }

  @Test func aLargeBatchBecomesTransactionsThatEachRewriteTheShardsRecord() async throws {
    let tasks = try (0..<620).map { try world.task("t\($0)", at: "2027-03-02T10:00:00Z") }
    #expect(try await world.deliver(tasks, to: world.replica()).allSatisfy { $0 == "SUCCESS" })
    #expect(world.store.transactions.count == 2)
    #expect(world.store.transactions.allSatisfy { $0.contains { $0.key == "due/39" && $0.precondition != .none } })
    let first = world.store.transactions[0].map(\.key)
    #expect(
      first.filter { $0.hasPrefix("due/39/2027") }.count == 7, "pages come before what says that they are written")
    #expect(try entries(minute("2027-03-02T10:00:00Z")).count == 620)
  }

  @Test func aBatchThatStopsBetweenItsTransactionsIsDoneAgainWithoutDoubles() async throws {
    let tasks = try (0..<620).map { try world.task("t\($0)", at: "2027-03-02T10:00:00Z") }
    let store = world.store
    store.beforeNextTransaction { _ in store.beforeNextTransaction { _ in store.setDown(true) } }
    #expect(try await world.deliver(tasks, to: world.replica()).first == "RETRY")
    #expect(store.transactions.count == 1)
    store.setDown(false)
    #expect(try await world.deliver(tasks, to: world.replica()).first == "SUCCESS")
    #expect(try entries(minute("2027-03-02T10:00:00Z")).count == 620)
  }

  /// protocols.md §5: a consumer reads page 12:05 and pauses; the firer ends 12:05 and moves on; the consumer writes page 12:05;
  /// nobody reads it again.
  @Test func aConsumerThatPausesWhileItsMinuteIsFiredStillReachesTheFirer() async throws {
    let firer = await world.holder("firer")
    try await world.write(try world.task("other", at: "2027-03-01T12:04:00Z"), to: firer)
    let late = try world.task(at: "2027-03-01T12:05:10Z")
    world.save(late)
    let world = world
    world.store.beforeNextTransaction { _ in await world.run(firer, seconds: 420) }
    #expect(try await world.deliver([late], to: world.replica("consumer")) == ["SUCCESS"])
    #expect(world.now >= (try Instant("2027-03-01T12:07:00Z")))
    await world.run(firer, seconds: 2)
    #expect(world.broker.reminders.compactMap { $0.text("taskId") } == ["other", "t1"])
    #expect(world.broker.reminders.last?.json["data"]?["late"] == true)
    await world.run(firer, seconds: 120)
    #expect(!world.store.keys.contains { $0.hasPrefix("due/39/") && !$0.hasSuffix("lease") }, "fired pages are deleted")
  }

  @Test func twoConsumersOfOneMinuteKeepBothReminders() async throws {
    let rival = try world.task("t2", at: "2027-03-02T10:00:00Z")
    let world = world
    world.store.beforeNextTransaction { _ in _ = try? await world.deliver([rival], to: world.replica("b")) }
    try await world.write(try world.task(at: "2027-03-02T10:00:00Z"), to: world.replica("a"))
    #expect(try Set(entries(minute("2027-03-02T10:00:00Z")).map(\.task)) == ["t1", "t2"])
  }
}
