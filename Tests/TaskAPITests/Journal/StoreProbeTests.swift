import DaprClient
import Testing

@testable import TaskAPI

@Suite struct StoreProbeTests {
  private let store = FakeStore()
  private let time = ManualTime()

  private func probe() -> StoreProbe { StoreProbe(store: store, time: time.time) }

  @Test func aStoreThatUndoesAFailedTransactionPassesAndItsScratchKeysGoByThemselves() async {
    let probe = probe()
    #expect(probe.fault == "its transactions have not been tried yet")
    #expect(await probe.passes())
    #expect(probe.fault == nil)
    let left = store.state.withLock { $0.timesToLive }
    #expect(!left.isEmpty && left.allSatisfy { $0.key.hasPrefix("probe/") && $0.value == 60 })
  }

  @Test func aStoreThatKeepsTheRestOfAFailedTransactionIsRefused() async {
    store.state.withLock { $0.flaw = .keepsRest }
    let probe = probe()
    #expect(await !probe.passes())
    #expect(probe.fault == "it cannot be used: it keeps the rest of a transaction that fails, as Redis does")
    #expect(store.state.withLock { $0.timesToLive.count } == 3)
  }

  @Test func aStoreThatIgnoresETagsIsRefused() async {
    store.state.withLock { $0.flaw = .ignoresETags }
    let probe = probe()
    #expect(await !probe.passes())
    #expect(probe.fault == "it cannot be used: it writes in spite of an ETag that does not match")
  }

  @Test func aStoreThatIsAwayIsTriedUntilItAnswers() async throws {
    store.state.withLock { $0.isDown = true }
    let probe = probe()
    let ending = Task { await probe.passes() }
    for _ in 0..<5 {
      try await until("it waits") { time.sleepers == 1 }
      #expect(probe.fault == "500: it went wrong")
      time.advance(by: .seconds(1))
    }
    try await until("it waits") { time.sleepers == 1 }
    store.state.withLock { $0.isDown = false }
    time.advance(by: .seconds(1))
    #expect(await ending.value)
  }

  @Test(arguments: [FakeStore.Fault.failed, .hangs, .refused, .notSent])
  func aTransactionThatWasNotTriedProvesNothing(_ fault: FakeStore.Fault) async throws {
    store.state.withLock {
      $0.transactionFaults = [fault]
      $0.flaw = .keepsRest
    }
    let probe = probe()
    let ending = Task { await probe.passes() }
    try await until("it waits") { time.sleepers == 1 }
    #expect(probe.fault?.hasPrefix("a transaction was tried and ended otherwise than expected") == true)
    time.advance(by: .seconds(1))
    #expect(await !ending.value)
  }

  @Test func noJournalIsClaimedAndNothingWrittenBeforeTheStoreHasPassed() async throws {
    store.state.withLock {
      $0.flaw = .keepsRest
      $0.isDown = true
    }
    let probe = probe()
    let journal = JournalHarness(store: store, time: time, after: probe)
    try await until("it waits") { time.sleepers == 1 }
    #expect(store.state.withLock { $0.values.isEmpty })
    store.state.withLock { $0.isDown = false }
    time.advance(by: .seconds(1))
    try await until("the store is refused") { probe.fault?.hasPrefix("it cannot be used") == true }
    await journal.pass(.seconds(5))
    #expect(await journal.failure(of: JournalHarness.write("x")) != nil)
    #expect(store.state.withLock { $0.values.keys.allSatisfy { $0.hasPrefix("probe/") } })
    await journal.kill()
  }

  @Test func aJournalIsClaimedOnceTheStoreHasPassed() async throws {
    let journal = JournalHarness(store: store, time: time, after: probe())
    try await journal.ready()
    #expect(await journal.failure(of: JournalHarness.write("x")) == nil)
    await journal.kill()
  }
}
