import Glibc
import JSONLog
import Metrics
import Recurrence
import Synchronization
import TaskModel

@testable import SearchIndexer

/// Replicas of the index, one topic that they all read, and a task-api that answers by it, with time in the test's hand.
final class ReconciliationWorld: Sendable {
  struct State {
    var now = TemporaryIndex.now
    /// What the state store holds; the tombstone of anything else is published.
    var present: [IndexedID: IndexedTask] = [:]
    var calls: [(at: Instant, tasks: [KnownTask])] = []
    var isAway = false
    /// Tasks that task-api can do nothing about.
    var failing: Set<IndexedID> = []
    /// The pauses of ``run(_:for:)``.
    var pauses: [Duration] = []
    /// What comes of questions reaches the topic only while this is true.
    var answersReachTheTopic = true
    var replicas: [IndexStore] = []
    var folders: [String] = []
    var offset: Int64 = 0
  }
  let state = Mutex(State())

  deinit {
    for folder in state.withLock({ $0.folders }) {
      for file in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] { unlink(folder + "/" + file) }
      rmdir(folder)
    }
  }

  var now: Instant { state.withLock { $0.now } }
  func pass(seconds: Int) { state.withLock { $0.now = $0.now.adding(seconds: seconds) } }

  func replica() async throws -> IndexStore {
    let folder = "/tmp/index-world-\(getpid())-\(UInt64.random(in: 0..<UInt64.max))"
    let store = IndexStore(folder: folder)
    try await store.open(log: .silent)
    state.withLock {
      $0.replicas.append(store)
      $0.folders.append(folder)
    }
    return store
  }

  /// Has every replica read these records.
  func publish(_ records: [IndexBatch.Record]) async throws {
    let (replicas, position, now) = state.withLock { state in
      state.offset += Int64(records.count)
      return (state.replicas, Self.position(0, state.offset), state.now)
    }
    for replica in replicas {
      _ = try await replica.apply([IndexBatch(records: records, position: position)], now: now)
    }
  }

  static func position(_ partition: Int32, _ offset: Int64) -> PartitionPosition {
    PartitionPosition(
      partition: partition, clusterID: "c", nextOffset: offset, lastKey: "k", lastVersion: 1, lastTimestamp: 1)
  }

  func reconciler(of store: IndexStore, isCurrent: @escaping @Sendable () async -> Bool = { true }) -> Reconciler {
    Reconciler(
      store: store, isCurrent: isCurrent, ask: { try await self.answer($0) }, now: { self.now }, log: .silent,
      metrics: ReconcilerMetrics(MetricsRegistry()))
  }

  /// Runs for a time that passes in its pauses alone.
  func run(_ reconciler: Reconciler, for duration: Duration) async throws {
    var reconciler = reconciler
    let end = now.adding(seconds: Int(duration / .seconds(1)))
    reconciler.sleep = { pause in
      let isOver = self.state.withLock { state in
        state.pauses.append(pause)
        state.now = state.now.adding(seconds: Int(pause / .seconds(1) + 0.5))
        return state.now > end
      }
      if isOver { throw CancellationError() }
    }
    do { try await reconciler.run() } catch is CancellationError {}
  }

  private struct Away: Error {}

  private func answer(_ request: PresentStateRequest) async throws -> PresentStateResponse {
    let isAway = state.withLock { state in
      state.calls.append((state.now, request.tasks))
      return state.isAway
    }
    if isAway { throw Away() }
    var response = PresentStateResponse()
    var records: [IndexBatch.Record] = []
    for task in request.tasks {
      guard let id = IndexedID(task.id) else { continue }
      let (standing, fails) = state.withLock { ($0.present[id], $0.failing.contains(id)) }
      if fails {
        response.findings.append(TaskFinding(task.id, .failed))
      } else if let standing, !(task.purge && standing.deletedAt != nil && Int(standing.version) == task.version) {
        let isOlder = standing.version < task.version
        response.findings.append(TaskFinding(task.id, isOlder ? .older : .published))
        if !isOlder { records.append(.task(standing)) }
      } else {
        state.withLock { $0.present[id] = nil }
        response.findings.append(TaskFinding(task.id, .gone))
        records.append(.purged(id))
      }
    }
    if state.withLock({ $0.answersReachTheTopic }) { try await publish(records) }
    return response
  }

  /// The ids asked for, in order.
  var asked: [IndexedID] { state.withLock { $0.calls.flatMap { $0.tasks.compactMap { IndexedID($0.id) } } } }
}
