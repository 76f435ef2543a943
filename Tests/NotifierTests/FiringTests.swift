import DaprClient
import HTTP2Transport
import JSON
import Recurrence
import TaskModel
import Testing
import Tokens

@testable import Notifier

@Suite struct FiringTests {
  let world: World

  init() throws { world = try World() }

  @Test func aReminderFiresAtItsSecondAndOnce() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    await world.run(notifier, seconds: 4)
    #expect(world.broker.reminders.isEmpty)
    await world.run(notifier, seconds: 1)
    #expect(world.broker.reminders.count == 1)
    await world.run(notifier, seconds: 200)
    #expect(world.broker.reminders.count == 1)
  }

  @Test func theEventSaysWhatTheContractSays() async throws {
    let notifier = await world.holder()
    var task = world.task(reminders: [TaskReminder(id: "r1", time: .before(try ISODuration("PT30M")))])
    task.title = "Call \"Ann\""
    task.due = try WallTime("2027-03-01T12:30:02")
    task.dueAt = try Instant("2027-03-01T12:30:02Z")
    try await world.write(task, to: notifier)
    await world.run(notifier, seconds: 3)
    let record = try #require(world.broker.reminders.first)
    let id = try #require(record.json["id"]?.string)
    #expect(UUID(id)?.version == 5)
    #expect(record.event.partition == 39 && record.event.partitionKey == "t1")
    #expect(record.json["specversion"] == "1.0" && record.json["source"] == "notifier")
    #expect(
      record.json["data"]
        == [
          "deliveryId": .string(id), "taskId": "t1", "reminderId": "r1", "remindAt": "2027-03-01T12:00:02Z",
          "dueAt": "2027-03-01T12:30:02Z", "title": "Call \"Ann\"", "late": false, "owner": "alice",
        ])
  }

  @Test func withoutTicksNothingFires() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    for _ in 0..<60 {
      world.pass(seconds: 1)
      await notifier.leases.keep()
    }
    #expect(world.broker.reminders.isEmpty)
  }

  @Test func tasksThatAreDoneDeletedOrGoneFireNothing() async throws {
    let notifier = await world.holder()
    let tasks = try ["done", "deleted", "gone", "stays"].map { try world.task($0, at: "2027-03-01T12:00:05Z") }
    _ = try await world.deliver(tasks, to: notifier)
    // Their later events are still under way.
    var done = tasks[0]
    done.status = .done
    var deleted = tasks[1]
    deleted.deletedAt = world.now
    world.save(done, deleted, tasks[3])
    await world.run(notifier, seconds: 10)
    #expect(world.broker.reminders.map { $0.text("taskId") } == ["stays"])
  }

  @Test func aMovedTaskFiresAtItsNewTimeAlone() async throws {
    let notifier = await world.holder()
    _ = try await world.deliver([try world.task(at: "2027-03-01T12:00:05Z")], to: notifier)
    let moved = try world.task(version: 2, at: "2027-03-01T12:00:20Z")
    world.save(moved)
    await world.run(notifier, seconds: 10)
    #expect(world.broker.reminders.isEmpty)
    _ = try await world.deliver([moved], to: notifier)
    await world.run(notifier, seconds: 10)
    #expect(world.broker.reminders.map { $0.text("remindAt") } == ["2027-03-01T12:00:20Z"])
  }

  @Test func aReminderSetAnewAfterItsDeliveryIsAnotherDelivery() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    await world.run(notifier, seconds: 10)
    try await world.write(try world.task(version: 2, at: "2027-03-01T12:00:20Z"), to: notifier)
    await world.run(notifier, seconds: 15)
    let ids = world.broker.reminders.compactMap { $0.text("deliveryId") }
    #expect(ids.count == 2 && Set(ids).count == 2)
  }

  @Test func whatWasMissedWhenSetNeverFires() async throws {
    let notifier = await world.holder()
    let past = try Instant("2027-03-01T11:00:00Z")
    try await world.write(
      world.task(reminders: [TaskReminder(id: "r1", time: .at(past), isMissed: true)]), to: notifier)
    await world.run(notifier, seconds: 10)
    #expect(world.broker.reminders.isEmpty)
  }

  @Test func afterAnOutageEverythingFiresLateAndInOrder() async throws {
    let before = await world.holder()
    let times = ["2027-03-01T13:00:00Z", "2027-03-01T12:30:00Z", "2027-03-02T01:00:00Z", "2027-03-02T12:00:00Z"]
    for (number, time) in times.enumerated() {
      try await world.write(try world.task("t\(number)", at: time), to: before)
    }
    world.pass(seconds: 86_400)
    let after = await world.holder("b")
    await world.run(after, seconds: 20)
    #expect(world.broker.reminders.map { $0.text("taskId") } == ["t1", "t0", "t2", "t3"])
    #expect(world.broker.reminders.map { $0.json["data"]?["late"] } == [true, true, true, false])
    #expect(!world.store.keys.contains { $0.hasPrefix("due/39/2027-03-01") })
  }

  @Test func hundredsInOneMinuteAllFire() async throws {
    let notifier = await world.holder()
    let tasks = try (0..<350).map { try world.task("t\($0)", at: "2027-03-01T12:01:00Z") }
    for task in tasks { world.save(task) }
    _ = try await world.deliver(tasks, to: notifier)
    await world.run(notifier, seconds: 130)
    #expect(Set(world.broker.reminders.compactMap { $0.text("taskId") }).count == 350)
    #expect(world.broker.reminders.count == 350)
  }

  @Test func aBrokerThatIsDownDelaysAndLosesNothing() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    world.broker.setDown(true)
    await world.run(notifier, seconds: 180)
    world.broker.setDown(false)
    await world.run(notifier, seconds: 1)
    #expect(world.broker.reminders.count == 1)
    #expect(world.broker.reminders[0].json["data"]?["late"] == true)
  }

  @Test func ofABulkPublishOnlyWhatFailedIsSentAgain() async throws {
    let notifier = await world.holder()
    let tasks = try (0..<5).map { try world.task("t\($0)", at: "2027-03-01T12:00:05Z") }
    for task in tasks { world.save(task) }
    _ = try await world.deliver(tasks, to: notifier)
    world.broker.fail([1, 3])
    await world.run(notifier, seconds: 10)
    #expect(world.broker.reminders.compactMap { $0.text("taskId") }.sorted() == ["t0", "t1", "t2", "t3", "t4"])
  }

  @Test func aConflictOnTheMarkIsMarkedAgainAndNotSentAgain() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    let edited = try world.task(version: 2, at: "2027-03-01T12:00:05Z")
    let world = world
    world.store.beforeNextTransaction { _ in _ = try? await world.write(edited, to: world.replica("consumer")) }
    await world.run(notifier, seconds: 60)
    #expect(world.broker.reminders.count == 1)
    let record = try #require(world.store.value("reminders/t1").flatMap { ReminderRecord(json: $0) })
    #expect(record.version == 2 && record.scheduled.isEmpty && record.delivered.count == 1)
  }

  @Test func aMarkThatTheStoreDoesNotTakeIsMadeLaterAndNotSentAgain() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    for _ in 0..<10 { world.store.failNextTransaction(MemoryStore.timeout) }
    await world.run(notifier, seconds: 60)
    #expect(world.broker.reminders.count == 1)
    #expect(world.store.value("reminders/t1").flatMap { ReminderRecord(json: $0) }?.delivered.count == 1)
    #expect(notifier.firer.unmarked.withLock { $0.isEmpty })
  }

  @Test func aFirerThatDiesBeforeItsMarkIsRepeatedUnderTheSameId() async throws {
    let first = await world.holder("first")
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: first)
    let world = world
    world.broker.afterNextPublish { world.store.setDown(true) }
    await world.run(first, seconds: 5)
    world.store.setDown(false)
    let second = await world.holder("second")
    await world.run(second, seconds: 9)
    #expect(world.broker.reminders.count == 1, "the lease of the dead one still stands")
    await world.run(second, seconds: 5)
    let ids = world.broker.reminders.compactMap { $0.text("deliveryId") }
    #expect(ids.count == 2 && Set(ids).count == 1)
    await world.run(second, seconds: 60)
    #expect(world.broker.reminders.count == 2)
  }

  @Test func aFirerWhoseLeaseIsAboutToEndSendsNothing() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    world.pass(seconds: 6)
    await notifier.firer.tick()
    #expect(world.broker.reminders.isEmpty, "one second is left of seven")
    await notifier.leases.keep()
    await notifier.firer.tick()
    #expect(world.broker.reminders.count == 1)
  }

  @Test func aPausedFirerDoesNotSendWhatAnotherHasTaken() async throws {
    let paused = await world.holder("paused")
    try await world.write(try world.task(at: "2027-03-01T12:00:20Z"), to: paused)
    let taker = world.replica("taker")
    await world.run(taker, seconds: 25)
    #expect(world.broker.reminders.count == 1)
    await paused.firer.tick()
    await world.run(paused, taker, seconds: 30)
    #expect(world.broker.reminders.count == 1)
  }

  @Test func theBindingTicksTheFirerAndOverlappingTicksBecomeOne() async throws {
    let notifier = await world.holder()
    try await world.write(try world.task(at: "2027-03-01T12:00:05Z"), to: notifier)
    world.pass(seconds: 5)
    let world = world
    for _ in 0..<5 { #expect(await world.answer(HTTPRequest(.post, "/reminder-tick"), notifier).status == 200) }
    let ticking = Task { await notifier.fireAtTicks() }
    let limit = ContinuousClock.now + .seconds(20)
    while world.broker.reminders.isEmpty {
      try #require(ContinuousClock.now < limit, "no tick fired within 20 seconds")
      await Task.yield()
    }
    ticking.cancel()
    await ticking.value
    #expect(world.broker.reminders.count == 1)
    #expect(await world.answer(HTTPRequest(.options, "/reminder-tick"), notifier).status == 200)
  }

  @Test func theSidecarIsToldToSubscribeInBulk() async throws {
    let response = await world.answer(HTTPRequest(.get, "/dapr/subscribe"), world.replica())
    guard case .bytes(let body) = response.body else { throw ScheduleError.unreadable(key: "body") }
    let subscription = try #require(try JSONValue(parsing: body)[0])
    #expect(subscription["topic"] == "task-events" && subscription["route"] == "/events/tasks")
    #expect(subscription["bulkSubscribe"]?["enabled"] == true && subscription["deadLetterTopic"] == nil)
  }
}
