import Recurrence
import TaskModel
import Testing

@testable import SearchIndexer

@Suite struct ReconcilerTests {
  private let world = ReconciliationWorld()

  /// Tasks of which the topic shows version 1 after version 2, and the store has version 2.
  private func invert(_ numbers: Range<UInt64>) async throws {
    let tasks = numbers.map { IndexedTask($0, "task \($0)").then { _ in } }
    world.state.withLock { state in for task in tasks { state.present[task.id] = task } }
    try await world.publish(tasks.map { .task($0) })
    try await world.publish(numbers.map { .task(IndexedTask($0, "old")) })
  }

  @Test func aThousandsOfInversionsAreAskedAboutOnceEachAndFiftyASecondAtMost() async throws {
    let store = try await world.replica()
    try await invert(0..<3_000)
    let noted = world.now
    try await world.run(world.reconciler(of: store), for: .seconds(200))
    #expect(world.asked.count == 3_000 && Set(world.asked).count == 3_000)
    let calls = world.state.withLock { $0.calls }
    #expect(calls.allSatisfy { $0.tasks.count <= 50 && $0.at >= noted.adding(seconds: 5) })
    #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.at.adding(seconds: 1) <= $1.at })
    #expect(world.state.withLock { $0.pauses }.allSatisfy { $0 >= .seconds(1) })
  }

  @Test func severalReplicasDoNotAskForTheSame() async throws {
    var reconcilers: [Reconciler] = []
    for _ in 0..<4 { reconcilers.append(world.reconciler(of: try await world.replica())) }
    try await invert(0..<300)
    for _ in 0..<60 {
      for reconciler in reconcilers { #expect(try await reconciler.round()) }
      world.pass(seconds: 1)
    }
    #expect(Set(world.asked).count == 300)
    #expect(world.asked.count == 300, "what one has asked for is settled for all")
  }

  @Test func whatTheTopicSettlesByItselfIsNotAskedAbout() async throws {
    let store = try await world.replica()
    try await invert(0..<20)
    world.pass(seconds: 4)
    try await world.publish((0..<10).map { .task(IndexedTask($0, "again").then { _ in }) })
    try await world.publish((10..<15).map { .task(IndexedTask($0, "next", version: 3)) })
    try await world.publish([.purged(IndexedTask(15, "").id)])
    try await world.run(world.reconciler(of: store), for: .seconds(60))
    #expect(Set(world.asked) == Set((16..<20).map { IndexedTask($0, "").id }))
  }

  /// A replay shows every version again, each lower than the row's.
  @Test func nothingIsAskedBeforeTheTopicIsReadToItsEnd() async throws {
    let store = try await world.replica()
    try await invert(0..<10)
    try await world.run(world.reconciler(of: store, isCurrent: { false }), for: .seconds(60))
    #expect(world.asked.isEmpty)
  }

  @Test func aTaskAPIThatIsAwayIsAskedLessAndLessOften() async throws {
    let store = try await world.replica()
    try await invert(0..<10)
    world.state.withLock { $0.isAway = true }
    try await world.run(world.reconciler(of: store), for: .seconds(600))
    let calls = world.state.withLock { $0.calls.count }
    #expect((8...20).contains(calls), "\(calls) calls in ten minutes")
    let longest = world.state.withLock { $0.pauses.max() } ?? .zero
    #expect(longest >= .seconds(60) && longest <= .seconds(90))
    world.state.withLock { $0.isAway = false }
    try await world.run(world.reconciler(of: store), for: .seconds(120))
    let before = world.asked.count
    try await world.run(world.reconciler(of: store), for: .seconds(600))
    #expect(world.asked.count == before, "all is settled")
  }

  @Test func tasksThatTaskAPICanDoNothingAboutHoldUpNoOthers() async throws {
    let store = try await world.replica()
    try await invert(0..<100)
    world.state.withLock { state in state.failing = Set((0..<50).map { IndexedTask($0, "").id }) }
    try await world.run(world.reconciler(of: store), for: .seconds(50))
    #expect(Set(world.asked).count == 100)
    // Nor are they asked about without end.
    #expect(world.asked.count < 200)
  }

  @Test func aQuestionWhoseAnswerTheTopicLosesIsAskedAgainAfterAMinute() async throws {
    let store = try await world.replica()
    try await invert(0..<1)
    world.state.withLock { $0.answersReachTheTopic = false }
    try await world.run(world.reconciler(of: store), for: .seconds(60))
    #expect(world.asked.count == 1)
    world.state.withLock { $0.answersReachTheTopic = true }
    try await world.run(world.reconciler(of: store), for: .seconds(200))
    #expect(world.asked.count == 2)
  }

  @Test func aTaskThatTheStoreHasLostIsAskedAboutOnce() async throws {
    let store = try await world.replica()
    try await world.publish([.task(IndexedTask(1, "five", version: 5)), .task(IndexedTask(1, "four", version: 4))])
    try await world.publish([.task(IndexedTask(1, "four", version: 4))])
    world.state.withLock { $0.present[IndexedTask(1, "").id] = IndexedTask(1, "four", version: 4) }
    try await world.run(world.reconciler(of: store), for: .seconds(600))
    #expect(world.asked.count == 1)
  }

  @Test func whatHasLeftTheTrashIsPurgedOnceAndAMonthLaterForgotten() async throws {
    let store = try await world.replica()
    let reader = try await store.readers(count: 1)
    let live = IndexedTask(1, "stays")
    let trashed = IndexedTask(2, "goes").then { [now = world.now] in $0.deletedAt = now }
    world.state.withLock { state in for task in [live, trashed] { state.present[task.id] = task } }
    try await world.publish([.task(live), .task(trashed)])
    world.pass(seconds: 30 * 86_400 - 10)
    try await world.run(world.reconciler(of: store), for: .seconds(9))
    #expect(world.asked.isEmpty)
    try await world.run(world.reconciler(of: store), for: .seconds(90))
    let call = try #require(world.state.withLock { $0.calls.first })
    #expect(world.asked == [trashed.id] && call.tasks[0].purge && call.tasks[0].version == 2)
    #expect(call.tasks[0].owner == "ada")
    func isKnown() async throws -> Bool { try await reader.read { try $0.includes(trashed.id, version: 2) } }
    #expect(try await isKnown())
    // A replay of the topic from before.
    try await world.publish([.task(IndexedTask(2, "goes")), .task(trashed)])
    try await world.run(world.reconciler(of: store), for: .seconds(60))
    #expect(world.asked.count == 1)
    let total = try await reader.read {
      try $0.list(owner: "ada", .init(filter: "deleted"), limit: 50, cursor: nil, clock: TemporaryIndex.clock).total
    }
    #expect(total == 0)
    world.pass(seconds: 31 * 86_400)
    try await world.run(world.reconciler(of: store), for: .seconds(5))
    #expect(try await !isKnown())
  }

  /// Its clock is behind that of the index: the answer is the task's state, which comes over and over.
  @Test func aPurgeThatIsRefusedIsAskedForAgainEachHour() async throws {
    let store = try await world.replica()
    let trashed = IndexedTask(2, "goes").then { [now = world.now] in $0.deletedAt = now }
    try await world.publish([.task(trashed)])
    world.state.withLock {
      $0.present[trashed.id] = trashed.then {
        $0.version = 2; $0.deletedAt = nil
      }
    }
    world.pass(seconds: 31 * 86_400)
    try await world.run(world.reconciler(of: store), for: .seconds(200))
    #expect(world.asked.count == 1)
    world.pass(seconds: 3_300)
    try await world.run(world.reconciler(of: store), for: .seconds(30))
    #expect(world.asked.count == 1)
    world.pass(seconds: 100)
    try await world.run(world.reconciler(of: store), for: .seconds(30))
    #expect(world.asked.count == 2)
  }

  @Test func whatANewTopicDoesNotShowIsAskedAboutAndGoesIfItIsGone() async throws {
    let store = try await world.replica()
    let tasks = (0..<1_000).map { IndexedTask($0, "task \($0)") }
    try await world.publish(tasks.map { .task($0) })
    // The store has lost the last hundred; the new topic shows the first hundred.
    world.state.withLock { state in for task in tasks.dropLast(100) { state.present[task.id] = task } }
    let partition = Int32(OwnerPartition.of("ada"))
    try await store.renew([.beginning(partition, at: 0, clusterID: "new")], now: world.now)
    try await world.publish(tasks.prefix(100).map { .task($0) })
    try await world.run(world.reconciler(of: store), for: .seconds(120))
    #expect(Set(world.asked) == Set(tasks.dropFirst(100).map(\.id)) && world.asked.count == 900)
    #expect(world.state.withLock { $0.calls }.allSatisfy { $0.tasks.count <= 200 })
    let reader = try await store.readers(count: 1)
    let total = try await reader.read {
      try $0.list(owner: "ada", .init(), limit: 50, cursor: nil, clock: TemporaryIndex.clock).total
    }
    #expect(total == 900)
  }
}
