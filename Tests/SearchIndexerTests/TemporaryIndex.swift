import Glibc
import Recurrence
import TaskQuery

@testable import SearchIndexer

/// An index in a file of its own, gone with this object.
final class TemporaryIndex {
  let path = "/tmp/index-tests-\(getpid())-\(UInt64.random(in: 0..<UInt64.max)).db"
  let writer: IndexWriter
  let reader: IndexReader
  static let now = Instant(secondsSinceEpoch: 1_800_000_000, nanoseconds: 250_000_000)
  static let clock = QueryClock(now: now, zone: .utc)
  private var nextOffset: Int64 = 0

  init() throws {
    writer = try IndexWriter(path: path)
    reader = try IndexReader(path: path)
  }

  deinit {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  @discardableResult
  func apply(_ records: [IndexBatch.Record], partition: Int32 = 0) throws -> IndexBatchOutcome {
    nextOffset += Int64(records.count)
    let position = PartitionPosition(
      partition: partition, clusterID: "cluster", nextOffset: nextOffset, lastKey: "key", lastVersion: 1,
      lastTimestamp: 1_800_000_000_000)
    return try writer.apply([IndexBatch(records: records, position: position)], now: Self.now)
  }

  @discardableResult
  func apply(_ tasks: IndexedTask...) throws -> IndexBatchOutcome { try apply(tasks.map { .task($0) }) }

  /// A page as the JSON of its tasks, and its total.
  func list(
    _ owner: String = "ada", q: String? = nil, filter: String? = nil, sort: String? = nil, limit: Int = 50,
    cursor: String? = nil
  ) throws -> (items: [String], total: Int64, next: String?) {
    let page = try reader.list(
      owner: owner, ListQuery(q: q, filter: filter, sort: sort), limit: limit, cursor: cursor, clock: Self.clock)
    return (page.items.map { String(decoding: $0, as: UTF8.self) }, page.total, page.nextCursor)
  }
}

extension IndexedTask {
  /// A task numbered `number`, whose JSON is its title.
  init(_ number: UInt64, _ title: String, owner: String = "ada", version: Int64 = 1) {
    let created = Instant(secondsSinceEpoch: 1_700_000_000 + Int(number))
    self.init(
      id: IndexedID(high: 0x0190_B5F0_9D3A_7C4E, low: 0x8A51_0000_0000_0000 + number), owner: owner, version: version,
      json: Array(title.utf8), title: title, notes: "", tags: [], list: "inbox", status: .open, priority: nil, due: nil,
      dueAt: nil, createdAt: created, updatedAt: created, completedAt: nil, deletedAt: nil, parent: nil, series: nil,
      hasRecurrence: false, hasReminder: false)
  }

  func with(_ change: (inout IndexedTask) -> Void) -> IndexedTask {
    var task = self
    change(&task)
    return task
  }

  /// Its next version.
  func then(_ change: (inout IndexedTask) -> Void) -> IndexedTask {
    with {
      $0.version += 1
      change(&$0)
    }
  }
}
