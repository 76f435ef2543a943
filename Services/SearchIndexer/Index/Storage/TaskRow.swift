import Recurrence
import SQLite
import TaskQuery

/// What of a row its successor has to know: how it was counted, and the words that it is found by.
struct StoredTask {
  let state: TaskState
  let list: String
  let title: String
  let notes: String
  let tags: String

  static func read(_ row: Int64, from connection: Connection) throws -> StoredTask? {
    try connection.first(
      """
      SELECT t.live, t.status, b.title, b.notes, b.tags, b.list_name
      FROM task t JOIN body b ON b.row = t.row WHERE t.row = ?
      """, .int(row)
    ) {
      StoredTask(
        state: TaskState(isLive: $0.int(0) != 0, status: $0.int(1)), list: $0.text(5), title: $0.text(2),
        notes: $0.text(3), tags: $0.text(4))
    }
  }
}

extension IndexedTask {
  /// What the column `flags` holds beside the columns that can be null.
  enum Flag {
    static let reminder: Int64 = 1
    static let recurrence: Int64 = 2
    static let tag: Int64 = 4
    static let notes: Int64 = 8
  }

  /// The column `priority` of a task that has none.
  static let noPriority: Int64 = 3

  var stored: StoredTask {
    StoredTask(
      state: TaskState(isLive: deletedAt == nil, status: Int64(status.rawValue)), list: list, title: title,
      notes: notes,
      tags: TagList.join(tags))
  }

  func write(_ row: Int64, owner: Int64, isNew: Bool, to connection: Connection) throws {
    let task = try connection.statement(isNew ? Self.insertTask : Self.updateTask)
    try task.bind(row, at: 1)
    try task.bind(owner, at: 2)
    try task.bind(blob: id.bytes, at: 3)
    try task.bind(version, at: 4)
    try task.bind(Int64(deletedAt == nil ? 1 : 0), at: 5)
    try task.bind(Int64(status.rawValue), at: 6)
    try task.bind(priority.map { Int64(2 - $0.rawValue) } ?? Self.noPriority, at: 7)
    try task.bind(.int(due.map { Int64($0.secondsSinceEpoch) }), at: 8)
    try task.bind(.int(dueAt.map { Int64($0.microseconds) }), at: 9)
    try task.bind(Int64(createdAt.microseconds), at: 10)
    try task.bind(Int64(updatedAt.microseconds), at: 11)
    try task.bind(.int(completedAt.map { Int64($0.microseconds) }), at: 12)
    try task.bind(.int(deletedAt.map { Int64($0.microseconds) }), at: 13)
    try task.bind(parent.map { .blob($0.bytes) } ?? .null, at: 14)
    try task.bind(series.map { .blob($0.bytes) } ?? .null, at: 15)
    try task.bind(flags, at: 16)
    try task.bind(caseFolded(list), at: 17)
    try task.bind(caseFolded(title), at: 18)
    try task.run()

    let body = try connection.statement(isNew ? Self.insertBody : Self.updateBody)
    try body.bind(row, at: 1)
    try body.bind(blob: json, at: 2)
    try body.bind(title, at: 3)
    try body.bind(notes.isEmpty ? .null : .text(notes), at: 4)
    try body.bind(TagList.join(tags), at: 5)
    try body.bind(list, at: 6)
    try body.run()
  }

  private var flags: Int64 {
    (hasReminder ? Flag.reminder : 0) | (hasRecurrence ? Flag.recurrence : 0) | (tags.isEmpty ? 0 : Flag.tag)
      | (notes.isEmpty ? 0 : Flag.notes)
  }

  private static let insertTask = """
    INSERT INTO task (
      row, owner, id, version, live, status, priority, due, due_at, created, updated, completed, deleted, parent,
      series, flags, list, title
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
    """
  private static let updateTask = """
    UPDATE task SET
      owner = ?2, id = ?3, version = ?4, live = ?5, status = ?6, priority = ?7, due = ?8, due_at = ?9, created = ?10,
      updated = ?11, completed = ?12, deleted = ?13, parent = ?14, series = ?15, flags = ?16, list = ?17, title = ?18
    WHERE row = ?1
    """
  private static let insertBody =
    "INSERT INTO body (row, json, title, notes, tags, list_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
  private static let updateBody =
    "UPDATE body SET json = ?2, title = ?3, notes = ?4, tags = ?5, list_name = ?6 WHERE row = ?1"
}
