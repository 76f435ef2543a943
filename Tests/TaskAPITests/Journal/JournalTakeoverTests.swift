import DaprClient
import Testing

@testable import TaskAPI

@Suite struct JournalTakeoverTests {
  @Test func whatADeadProcessStoredButDidNotPublishIsPublishedByTheNext() async throws {
    let dead = JournalHarness()
    try await dead.ready()
    dead.topic.state.withLock { $0.failures = 1_000_000 }
    let ending = Task { await dead.failure(of: JournalHarness.write("x")) }
    try await until("it is stored") { dead.store["task/x"] != nil }
    await dead.kill()

    let next = JournalHarness(store: dead.store)
    try await next.ready()  // in a journal of its own, at once
    await next.pass(.seconds(7))
    #expect(next.topic.keys.isEmpty)  // the lease may still be renewed
    await next.pass(.seconds(9))
    #expect(next.topic.keys == ["again"])
    #expect(next.store["journal/0"] == #"{"lease":"free"}"#)
    await dead.pass(.seconds(5))
    _ = await ending.value
    await next.kill()
  }

  @Test func afterATakeoverNothingThatTheFormerOwnerHasSentCanLand() async throws {
    let dead = JournalHarness()
    try await dead.ready()
    dead.store.state.withLock {
      $0.transactionFaults = [.hangs]
      $0.isGated = true
    }
    let ending = Task { await dead.failure(of: JournalHarness.write("x")) }
    try await until("it is under way") { dead.store.state.withLock { $0.gate.count } == 1 }
    await dead.kill()
    dead.store.state.withLock { $0.isGated = false }
    let next = JournalHarness(store: dead.store)
    try await next.ready()
    await next.pass(.seconds(16))
    dead.store.openGate()
    #expect(await ending.value == .inDoubt)  // it sees the taker's lease in its slot
    #expect(dead.store.land() == 0)
    #expect(next.store["task/x"] == nil && next.topic.keys.isEmpty)
    await next.kill()
  }

  @Test func anOwnerThatLosesItsJournalTakesAFreshOne() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    for slot in 0..<6 {
      journal.store.put(JournalKey.slot(0, slot), SlotRecord(lease: "taker", number: 0, ids: ["u"]).bytes)
    }
    #expect(await journal.failure(of: JournalHarness.write("x")) == .inDoubt)
    #expect(journal.store["task/x"] == nil)
    #expect(!journal.writer.isWritable)
    await journal.pass(.seconds(4))
    #expect(journal.writer.isWritable)
    #expect(await journal.failure(of: JournalHarness.write("x")) == nil)
    #expect(journal.store.slot(0, 0)?.ids == ["u"])  // the taker's are left alone
    #expect(journal.store.slot(1, 0)?.ids == ["x"])
    await journal.kill()
  }

  @Test func anOwnerThatCannotRenewStopsWritingBeforeOthersMayTakeOver() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.isDown = true }
    await journal.pass(.seconds(6))
    #expect(journal.writer.isWritable)
    await journal.pass(.seconds(2))
    #expect(!journal.writer.isWritable)
    journal.store.state.withLock { $0.isDown = false }
    await journal.pass(.seconds(4))
    #expect(journal.writer.isWritable)
    await journal.kill()
  }

  @Test func anOrderlyStopGivesTheJournalBackAndItIsTakenAtOnce() async throws {
    let first = JournalHarness()
    try await first.ready()
    #expect(await first.failure(of: JournalHarness.write("x")) == nil)
    await first.stop()
    #expect(first.store["journal/0"] == #"{"lease":"free"}"#)
    let second = JournalHarness(store: first.store)
    try await second.ready()
    #expect(second.store["journal/1"] == nil)
    // What its slots name may have been unpublished, for all that the taker knows.
    #expect(second.topic.keys == ["again"])
    await second.stop()
  }

  @Test func twoProcessesHoldTwoJournals() async throws {
    let first = JournalHarness()
    let second = JournalHarness(store: first.store, topic: first.topic, time: first.time)
    try await first.ready()
    try await second.ready()
    await first.pass(.seconds(30))
    #expect(await first.failure(of: JournalHarness.write("x")) == nil)
    #expect(await second.failure(of: JournalHarness.write("y")) == nil)
    #expect(Set(first.topic.keys) == ["x", "y"])
    #expect(first.store["journal/0"] != nil && first.store["journal/1"] != nil && first.store["journal/2"] == nil)
    await first.kill()
    await second.kill()
  }

  @Test func aLeaseIsStaleOnlyWhenItStoodStillForTheWholePeriod() {
    var watch = LeaseWatch()
    #expect(watch.stale([1: ETag("a")], now: .seconds(0), period: .seconds(10)).isEmpty)
    #expect(watch.stale([1: ETag("a")], now: .seconds(9), period: .seconds(10)).isEmpty)
    #expect(watch.stale([1: ETag("a")], now: .seconds(10), period: .seconds(10)) == [1])
    #expect(watch.stale([1: ETag("b")], now: .seconds(11), period: .seconds(10)).isEmpty)
    #expect(watch.stale([1: ETag("b")], now: .seconds(20), period: .seconds(10)).isEmpty)
    #expect(watch.stale([1: ETag("b")], now: .seconds(21), period: .seconds(10)) == [1])
  }
}
