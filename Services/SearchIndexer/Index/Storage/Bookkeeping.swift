import Recurrence
import SQLite
import TaskQuery

/// How far each partition has been read.
enum Positions {
  static func save(_ position: PartitionPosition, to connection: Connection) throws {
    try connection.run(
      "INSERT OR REPLACE INTO position (partition, cluster, next, key, version, timestamp) VALUES (?, ?, ?, ?, ?, ?)",
      .int(Int64(position.partition)), .text(position.clusterID), .int(position.nextOffset), .text(position.lastKey),
      .int(position.lastVersion), .int(position.lastTimestamp))
  }

  static func all(in connection: Connection) throws -> [PartitionPosition] {
    try connection.all("SELECT partition, cluster, next, key, version, timestamp FROM position ORDER BY partition") {
      PartitionPosition(
        partition: Int32(truncatingIfNeeded: $0.int(0)), clusterID: $0.text(1), nextOffset: $0.int(2),
        lastKey: $0.text(3), lastVersion: $0.int(4), lastTimestamp: $0.int(5))
    }
  }
}

/// The last markers of each partition: a token that is one of them is included.
enum Markers {
  static let kept: Int64 = 10_000

  static func add(_ id: IndexedID, _ partition: Int32, _ offset: Int64, to connection: Connection) throws {
    let partition = SQLiteValue.int(Int64(partition))
    try connection.run(
      "INSERT OR REPLACE INTO marker (partition, offset, id) VALUES (?, ?, ?)", partition, .int(offset), .blob(id.bytes)
    )
    try connection.run(
      """
      DELETE FROM marker WHERE partition = ?1 AND offset <= (
        SELECT offset FROM marker WHERE partition = ?1 ORDER BY offset DESC LIMIT 1 OFFSET ?2)
      """, partition, .int(kept))
  }

  static func contains(_ id: IndexedID, in connection: Connection) throws -> Bool {
    try connection.first("SELECT 1 FROM marker WHERE id = ?", .blob(id.bytes)) { _ in true } ?? false
  }
}

/// Tasks that are gone: nothing of them comes back.
enum Purges {
  static func add(
    _ id: IndexedID, version: Int64, updated microseconds: Int64, _ now: Instant, to connection: Connection
  ) throws {
    try connection.run(
      "INSERT OR REPLACE INTO purged (id, version, updated, at) VALUES (?, ?, ?, ?)", .blob(id.bytes), .int(version),
      .int(microseconds), .int(now.microseconds))
  }

  /// Whether the task was purged at this version or above. One that an import has made again under its id begins anew with
  /// version 1, but later.
  static func cover(_ task: IndexedTask, in connection: Connection) throws -> Bool {
    try connection.first(
      "SELECT 1 FROM purged WHERE id = ? AND version >= ? AND updated >= ?", .blob(task.id.bytes), .int(task.version),
      .int(task.updatedAt.microseconds)
    ) { _ in true } ?? false
  }

  static func version(of id: IndexedID, in connection: Connection) throws -> Int64? {
    try connection.first("SELECT version FROM purged WHERE id = ?", .blob(id.bytes)) { $0.int(0) }
  }

  /// Forgets what was purged before `time`; answers how many.
  @discardableResult
  static func forget(before time: Instant, in connection: Connection) throws -> Int {
    try connection.run("DELETE FROM purged WHERE at < ?", .int(time.microseconds))
  }
}
