import DaprClient
import Testing

@testable import TaskAPI

/// Transactions and publishes are stages of their own: one does not hold the places of the other.
@Suite struct JournalStagesTests {
  /// Has writes of `ids` stored one by one while nothing can be published.
  private func store(
    _ ids: [String], in journal: JournalHarness
  ) async throws -> [Task<WriteFailure?, Never>] {
    var endings: [Task<WriteFailure?, Never>] = []
    for id in ids {
      endings.append(Task { await journal.failure(of: JournalHarness.write(id)) })
      try await until("\(id) is stored") { journal.store["task/\(id)"] != nil }
    }
    return endings
  }

  private func expect(
    _ endings: [Task<WriteFailure?, Never>], _ expected: WriteFailure?, _ location: SourceLocation = #_sourceLocation
  ) async {
    for ending in endings {
      let failure = await ending.value
      #expect(failure == expected, sourceLocation: location)
    }
  }

  private func named(_ journal: JournalHarness, slots: Int) -> [String] {
    (0..<slots).flatMap { journal.store.slot(0, $0)?.ids ?? [] }
  }

  @Test func transactionsGoOnWhileTheTopicIsSlowAndTheirEventsThenShareAPublish() async throws {
    let journal = JournalHarness(slots: 16)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    let ids = (0..<8).map { "\($0)" }
    let endings = try await store(ids, in: journal)
    // Four publishes are under way; the events of the other four transactions wait.
    try await until("publishes are under way") { journal.topic.state.withLock { $0.gate.count } == 4 }
    #expect(journal.transactions.count == 8)
    #expect(Set(named(journal, slots: 16)) == Set(ids))
    journal.topic.openGate()
    await expect(endings, nil)
    #expect(journal.topic.state.withLock { $0.calls } == 5)
    #expect(journal.topic.keys.sorted() == ids)
    await journal.stop()
    #expect(journal.store["journal/0"] == #"{"lease":"free"}"#)
  }

  @Test func publishesGoOnWhileTheStoreIsSlow() async throws {
    let journal = JournalHarness(slots: 16)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    let stored = try await store(["x"], in: journal)
    try await until("x's publish is under way") { journal.topic.state.withLock { $0.gate.count } == 1 }
    journal.store.state.withLock { $0.isGated = true }
    let waiting = (0..<4).map { number in
      Task { await journal.failure(of: JournalHarness.write("\(number)")) }
    }
    try await until("all places are taken") { journal.store.state.withLock { $0.gate.count } == 4 }
    journal.topic.openGate()
    await expect(stored, nil)
    #expect(journal.topic.keys == ["x"])
    journal.store.openGate()
    await expect(waiting, nil)
    await journal.kill()
  }

  @Test func noSlotIsWrittenAgainBeforeItsEventsAreAcknowledgedAndNoWriteIsRefusedForWantOfOne() async throws {
    let journal = JournalHarness(slots: 16)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    let endings = (0..<60).map { number in
      Task { await journal.failure(of: JournalHarness.write("\(number)")) }
    }
    await journal.pass(.seconds(1))
    #expect(journal.writer.isWritable)
    let stored = (0..<60).filter { journal.store["task/\($0)"] != nil }.map { "\($0)" }
    #expect(!stored.isEmpty && Set(stored).isSubset(of: named(journal, slots: 16)))
    #expect(journal.topic.keys.isEmpty)
    journal.topic.openGate()
    await expect(endings, nil)
    #expect(Set(journal.topic.keys).count == 60)
    await journal.kill()
  }

  @Test func whenPublishingIsTheSlowerStageWritesWaitForASlotAndNoneIsRefused() async throws {
    let journal = JournalHarness(slots: 8)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    var endings: [Task<WriteFailure?, Never>] = []
    for number in 0..<30 {
      endings.append(Task { await journal.failure(of: JournalHarness.write("\(number)")) })
      for _ in 0..<200 { await Task.yield() }
      #expect(journal.writer.isWritable)
    }
    #expect(journal.transactions.count == 7)  // each in a slot of its own; one slot is left for who asks
    journal.topic.openGate()
    await expect(endings, nil)
    #expect(Set(journal.topic.keys).count == 30)
    await journal.kill()
  }

  @Test func theNextVersionOfATaskIsStoredAndPublishedOnlyAfterTheFormerIsAcknowledged() async throws {
    let journal = JournalHarness(slots: 16)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    let first = try await store(["x"], in: journal)
    let second = Task { await journal.failure(of: JournalHarness.write("x", "2", if: .none)) }
    let other = Task { await journal.failure(of: JournalHarness.write("y")) }
    try await until("another task is stored") { journal.store["task/y"] != nil }
    await journal.pass(.milliseconds(250))
    #expect(journal.store["task/x"] == "1")
    journal.topic.openGate()
    await expect(first + [second, other], nil)
    let versions = journal.topic.state.withLock { $0.events }.filter { $0.partitionKey == "x" }.map(\.body)
    #expect(versions == [Array("1".utf8), Array("2".utf8)])
    await journal.kill()
  }

  @Test func callersWhoseEventsWaitBehindPublishesThatFailHearOfTheDoubtToo() async throws {
    let journal = JournalHarness(slots: 16)
    try await journal.ready()
    journal.topic.state.withLock { $0.isGated = true }
    let ids = (0..<8).map { "\($0)" }
    let endings = try await store(ids, in: journal)
    try await until("publishes are under way") { journal.topic.state.withLock { $0.gate.count } == 4 }
    journal.topic.state.withLock { $0.failures = 1_000_000 }
    journal.topic.openGate()
    await journal.pass(.seconds(5))
    await expect(endings, .inDoubt)
    #expect(!journal.writer.isWritable)
    journal.topic.state.withLock { $0.failures = 0 }
    await journal.pass(.seconds(2))
    #expect(journal.topic.keys.sorted() == ids)
    #expect(journal.writer.isWritable)
    await journal.stop()
    #expect(journal.store["journal/0"] == #"{"lease":"free"}"#)
  }
}
