import Recurrence
import SQLite
import TaskModel

/// Tasks that task-api is to be asked about: what the topic may tell wrongly, and what is to go for good (protocols.md §2,
/// §3). They are noted in the transaction that shows them, so that no crash forgets one.
enum Doubts {
  enum Reason: Int64, CaseIterable, Sendable {
    /// A lower version was read after a higher one, and compaction would keep the lower; or a child is open though its
    /// parent went into the trash after its last change.
    case inverted = 0
    /// A topic that was made anew has not shown it yet.
    case unmet = 1
    /// It has been in the trash for long enough.
    case expired = 2
  }

  /// What task-api is asked.
  struct Question: Sendable, Equatable {
    let id: IndexedID
    let owner: String
    let version: Int64
    let reason: Reason
  }

  /// The least wait and the most that chance adds to it, in seconds: mostly the record that settles it comes by itself, and
  /// of several replicas one asks first, whose answer spares the others theirs.
  static func wait(_ reason: Reason) -> (least: Int64, spread: Int64) {
    switch reason {
    case .inverted: (5, 5)
    case .unmet: (0, 10)
    case .expired: (0, 10)
    }
  }

  /// The time to ask, as SQL of the parameters ?1 (now), ?2 (the least wait) and ?3 (the spread).
  private static let due = "?1 + ?2 + (random() & 0x7fffffff) * ?3 / 0x80000000"
  private static let second: Int64 = 1_000_000

  private static func times(_ reason: Reason, _ now: Instant) -> [SQLiteValue] {
    let wait = wait(reason)
    return [.int(now.microseconds), .int(wait.least * second), .int(wait.spread * second)]
  }

  /// Notes the tasks that `select` gives. One that is doubted already stays as it is.
  private static func add(
    _ reason: Reason, _ now: Instant, _ select: String, _ values: [SQLiteValue], to connection: Connection
  ) throws {
    let statement = try connection.statement(
      "INSERT OR IGNORE INTO doubt (id, reason, due) SELECT id, \(reason.rawValue), \(due) FROM (\(select))")
    try statement.bind(times(reason, now) + values)
    try statement.run()
  }

  static func add(_ id: IndexedID, _ reason: Reason, _ now: Instant, to connection: Connection) throws {
    try add(reason, now, "SELECT ?4 AS id", [.blob(id.bytes)], to: connection)
  }

  /// Notes open children that their parent has left behind, from the side of either.
  static func addLeftBehind(_ task: IndexedTask, owner: Int64, _ now: Instant, to connection: Connection) throws {
    if let deletedAt = task.deletedAt {
      try add(
        .inverted, now, "SELECT id FROM task WHERE owner = ?4 AND parent = ?5 AND live = 1 AND updated <= ?6",
        [.int(owner), .blob(task.id.bytes), .int(deletedAt.microseconds)], to: connection)
    } else if let parent = task.parent {
      try add(
        .inverted, now, "SELECT ?4 AS id FROM task WHERE id = ?5 AND owner = ?6 AND deleted >= ?7",
        [.blob(task.id.bytes), .blob(parent.bytes), .int(owner), .int(task.updatedAt.microseconds)], to: connection)
    }
  }

  /// Notes all tasks of an owner.
  static func addUnmet(owner: Int64, _ now: Instant, to connection: Connection) throws {
    try add(.unmet, now, "SELECT id FROM task WHERE owner = ?4", [.int(owner)], to: connection)
  }

  /// Notes some of the tasks that were deleted at `time` or before.
  static func addExpired(deletedBy time: Instant, limit: Int, _ now: Instant, to connection: Connection) throws {
    try add(
      .expired, now, "SELECT id FROM task WHERE deleted <= ?4 ORDER BY deleted LIMIT ?5",
      [.int(time.microseconds), .int(Int64(limit))], to: connection)
  }

  /// The task is gone, or at a version above: nothing is in doubt.
  static func clear(_ id: IndexedID, in connection: Connection) throws {
    try connection.run("DELETE FROM doubt WHERE id = ?", .blob(id.bytes))
  }

  /// The version that the index knows has been read again: the topic tells it rightly. It is to be purged all the same.
  static func settle(_ id: IndexedID, in connection: Connection) throws {
    try connection.run(
      "DELETE FROM doubt WHERE id = ? AND reason <> ?", .blob(id.bytes), .int(Reason.expired.rawValue))
  }

  /// What is to be asked by now, the longest due first.
  static func questions(
    _ reason: Reason, now: Instant, limit: Int, in connection: Connection
  ) throws -> [Question] {
    try connection.all(
      """
      SELECT t.id, o.name, t.version FROM doubt d JOIN task t ON t.id = d.id JOIN owner o ON o.number = t.owner
      WHERE d.reason = ? AND d.due <= ? ORDER BY d.due LIMIT ?
      """, .int(reason.rawValue), .int(now.microseconds), .int(Int64(limit))
    ) { row in
      IndexedID(row.bytes(0)).map { Question(id: $0, owner: row.text(1), version: row.int(2), reason: reason) }
    }.compactMap(\.self)
  }

  static func postpone(_ id: IndexedID, until time: Instant, in connection: Connection) throws {
    try connection.run("UPDATE doubt SET due = ? WHERE id = ?", .int(time.microseconds), .blob(id.bytes))
  }
}
