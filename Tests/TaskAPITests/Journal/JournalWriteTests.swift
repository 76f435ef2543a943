import DaprClient
import Testing

@testable import TaskAPI

@Suite struct JournalWriteTests {
  @Test func aWriteStandsInTheStoreWithASlotThatNamesItAndItsEventIsPublished() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    #expect(await journal.failure(of: JournalHarness.write("x")) == nil)
    #expect(journal.store["task/x"] == "1")
    #expect(journal.topic.keys == ["x"])
    let slots = (0..<6).compactMap { journal.store.slot(0, $0) }
    #expect(slots.count == 6 && slots.filter { $0.ids == ["x"] && $0.number == 1 }.count == 1)
    await journal.kill()
  }

  @Test func writesThatWaitShareOneTransactionAndOnePublish() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.isGated = true }
    let failures = await withTaskGroup { group in
      for number in 0..<40 { group.addTask { await journal.failure(of: JournalHarness.write("\(number)")) } }
      try? await until("all calls are under way") { journal.store.state.withLock { $0.gate.count } == 4 }
      await journal.pass(.milliseconds(250))
      journal.store.openGate()
      return await group.reduce(into: [WriteFailure?]()) { $0.append($1) }
    }
    #expect(failures == Array(repeating: nil, count: 40))
    // Four left alone, and the 36 that waited for them went together.
    #expect(journal.transactions.count == 5)
    #expect(journal.topic.state.withLock { $0.calls } == 5)
    #expect(Set(journal.topic.keys).count == 40)
    await journal.kill()
  }

  @Test func anAnswerThatWasLostIsFoundOutAndTheWriteStandsOnce() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.transactionFaults = [.answerLost] }
    #expect(await journal.failure(of: JournalHarness.write("x")) == nil)
    #expect(journal.topic.keys == ["x"])
    #expect(journal.transactions.count == 1)
    await journal.kill()
  }

  @Test func aTransactionThatHangsCanNeverLandOnceItWasTriedAgain() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.transactionFaults = [.hangs] }
    #expect(await journal.failure(of: JournalHarness.write("x", "1", if: .none)) == nil)
    journal.store.put("task/x", Array("2".utf8))
    #expect(journal.store.land() == 0)
    #expect(journal.store["task/x"] == "2")
    #expect(journal.topic.keys == ["x"])
    await journal.kill()
  }

  @Test func whileNothingIsKnownTheCallerIsToldOfTheDoubtAndTheEventFollows() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock {
      $0.transactionFaults = [.answerLost]
      $0.isGated = true
    }
    let ending = Task { await journal.failure(of: JournalHarness.write("x")) }
    try await until("it is under way") { journal.store.state.withLock { $0.gate.count } == 1 }
    journal.store.state.withLock { $0.isDown = true }
    journal.store.openGate()
    #expect(await ending.value == .inDoubt)
    #expect(journal.topic.keys.isEmpty)
    journal.store.state.withLock { $0.isDown = false }
    await journal.pass(.seconds(2))
    #expect(journal.store["task/x"] == "1")
    #expect(journal.topic.keys == ["x"])
    await journal.kill()
  }

  @Test func aStaleMemberDropsOutAndTheOthersGo() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.put("task/old", Array("1".utf8))
    let stale = JournalHarness.write("old", "2", if: .matches(ETag("stale")))
    #expect(await journal.failure(of: stale) == .conflict)
    #expect(await journal.failure(of: JournalHarness.write("old")) == .conflict)
    #expect(await journal.failure(of: JournalHarness.write("new")) == nil)
    #expect(journal.store["task/old"] == "1")
    #expect(journal.topic.keys == ["new"])
    await journal.kill()
  }

  @Test func aMemberThatTheStoreRefusesStandsAlone() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock {
      $0.poison = "task/5"
      $0.isGated = true
    }
    let failures = await withTaskGroup { group in
      for number in 0..<12 {
        group.addTask { ("\(number)", await journal.failure(of: JournalHarness.write("\(number)"))) }
      }
      try? await until("all calls are under way") { journal.store.state.withLock { $0.gate.count } == 4 }
      await journal.pass(.milliseconds(250))
      journal.store.openGate()
      return await group.reduce(into: [String: WriteFailure]()) { $0[$1.0] = $1.1 }
    }
    #expect(failures == ["5": .refused("malformed")])
    #expect(journal.store["task/5"] == nil && Set(journal.topic.keys).count == 11)
    await journal.kill()
  }

  @Test func whatNeverLeftIsNotStoredAndTheSlotIsFreeAgain() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.transactionFaults = Array(repeating: .notSent, count: 5) }
    for _ in 0..<5 {
      let failure = await journal.failure(of: JournalHarness.write("x"))
      #expect(failure == .unavailable("no connection"))
    }
    #expect(await journal.failure(of: JournalHarness.write("x")) == nil)
    await journal.kill()
  }

  @Test func whilePublishesFailNewWritesAreRefusedAndTheStoredOneIsPublishedInTheEnd() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.topic.state.withLock { $0.failures = 1_000_000 }
    let ending = Task { await journal.failure(of: JournalHarness.write("x")) }
    try await until("the publish has failed") { !journal.writer.isWritable }
    let refused = await journal.failure(of: JournalHarness.write("y"))
    #expect(refused == .unavailable("writes cannot be published at the moment"))
    await journal.pass(.seconds(5))
    #expect(await ending.value == .inDoubt)
    journal.topic.state.withLock { $0.failures = 0 }
    await journal.pass(.seconds(2))
    #expect(journal.topic.keys == ["x"])
    #expect(journal.store["task/y"] == nil)
    #expect(await journal.failure(of: JournalHarness.write("y")) == nil)
    await journal.kill()
  }

  @Test func aStoreThatNeverTakesTheWriteIsSaidAfterSomeAttempts() async throws {
    let journal = JournalHarness()
    try await journal.ready()
    journal.store.state.withLock { $0.transactionFaults = Array(repeating: .failed, count: 4) }
    let failure = await journal.failure(of: JournalHarness.write("x"))
    #expect(failure == .unavailable("the state store does not take the write"))
    #expect(journal.store["task/x"] == nil && journal.topic.keys.isEmpty)
    await journal.kill()
  }
}
