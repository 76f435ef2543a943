import Daemon
import DaprClient
import JSONLog
import Recurrence

/// Brings the schedule up to what events say of tasks (protocols.md §5). May run doubled, late and in several replicas at once.
struct ScheduleWriter: Sendable {
  /// What an event says.
  enum News: Equatable, Sendable {
    case changed(RemindedTask)
    /// The task is gone for good.
    case gone(String)

    var task: String {
      switch self {
      case .changed(let task): task.id
      case .gone(let id): id
      }
    }
  }

  let store: any ReminderStore
  let log: Logger
  let now: @Sendable () -> Instant

  /// How often a batch is read and decided anew before it is left to its redelivery.
  static let attempts = 20

  private var reader: ScheduleReader { ScheduleReader(store: store, log: log) }

  /// Writes what `news` change, each about another task of `shard`.
  func apply(_ news: [News], shard: Int) async throws(ScheduleError) {
    for _ in 0..<Self.attempts where try await attempt(news, shard) { return }
    throw .conflicts(attempts: Self.attempts)
  }

  /// - Returns: false when another writer came first.
  private func attempt(_ news: [News], _ shard: Int) async throws(ScheduleError) -> Bool {
    let shardKey = ScheduleKeys.shard(shard)
    let entries = try await reader.get([shardKey] + news.map { ScheduleKeys.reminders($0.task) })
    var records: [StateOperation] = []
    var changes: [ScheduleChange] = []
    for item in news {
      let (record, precondition) = reader.record(of: item.task, in: entries)
      guard let change = Self.change(item, record) else { continue }
      let key = ScheduleKeys.reminders(item.task)
      records.append(
        change.record.map { .upsert(key, $0.json, if: precondition) } ?? .delete(key, if: precondition))
      changes.append(change)
    }
    guard !changes.isEmpty else { return true }

    let guardian = try ShardGuard(entries[shardKey], shard: shard, now: now())
    let runs = try await changed(changes, shard, guardian.record)
    // The tasks' records come last: they say that the pages are written.
    for (index, group) in TransactionSplit.groups(runs.flatMap(\.writes) + records).enumerated() {
      var current = guardian
      if index > 0 {
        current = try ShardGuard(try await reader.get([shardKey])[shardKey], shard: shard, now: now())
        guard current.record == guardian.record else { return false }
      }
      StopPoint.reach(.scheduleReady)
      guard try await store.transaction(group + [current.write]).isCommitted() else { return false }
      StopPoint.reach(.scheduleStored)
    }
    return true
  }

  private static func change(_ news: News, _ record: ReminderRecord?) -> ScheduleChange? {
    switch news {
    case .changed(let task): ScheduleChange(to: task, from: record)
    case .gone(let id): record.map { ScheduleChange(removing: $0, of: id) }
    }
  }

  /// The pages that `changes` touch, changed.
  private func changed(
    _ changes: [ScheduleChange], _ shard: Int, _ record: ShardRecord
  ) async throws(ScheduleError) -> [PageRun] {
    // What has slipped among the late ones fires, or is dropped, within a second.
    let removed = changes.flatMap(\.removed).filter { record.slot(for: $0.at) != .late }
    let added = changes.flatMap(\.added)
    var runs = try await reader.runs(shard: shard, Set((removed + added).map { record.slot(for: $0.at) }))
    for entry in removed { runs[record.slot(for: entry.at)]?.remove(entry) }
    for entry in added { runs[record.slot(for: entry.at)]?.add(entry) }
    return Array(runs.values)
  }
}

/// A shard's record as it was read, and the write that makes a transaction fail if it has changed since.
struct ShardGuard: Sendable {
  let record: ShardRecord
  private let key: String
  private let precondition: StateOperation.Precondition

  /// - Parameter entry: nil where the shard has none yet.
  init(_ entry: StateEntry?, shard: Int, now: Instant) throws(ScheduleError) {
    key = ScheduleKeys.shard(shard)
    guard let entry else {
      record = .initial(at: now)
      precondition = .absent
      return
    }
    guard let record = ShardRecord(json: entry.value) else { throw .unreadable(key: key) }
    self.record = record
    precondition = .matches(entry.etag)
  }

  var write: StateOperation { write(record) }

  func write(_ record: ShardRecord) -> StateOperation { .upsert(key, record.json, if: precondition) }
}
