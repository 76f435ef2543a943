import SQLite
import TaskQuery

/// Tags and lists with their counts, kept as tasks change; changes are kept here until ``flush()``.
///
/// Tags are one whatever their case, under the spelling that came first; lists differ by their exact name.
struct LabelTable {
  enum Kind: Int64 {
    case tag, list
  }

  private struct Key: Hashable {
    let owner: Int64
    let kind: Kind
    let folded: String
    let exact: String
  }

  private struct Change: Equatable {
    var counts = Counts()
    var uses: Int64 = 0
  }

  private let connection: Connection
  private var ids: [Key: Int64] = [:]
  private var changes: [Int64: Change] = [:]
  private static let cacheLimit = 100_000

  init(_ connection: Connection) { self.connection = connection }

  /// The label's number, made if there was none.
  mutating func id(owner: Int64, _ kind: Kind, _ name: String) throws -> Int64 {
    let key = Key(owner: owner, kind: kind, folded: caseFolded(name), exact: kind == .tag ? "" : name)
    if let id = ids[key] { return id }
    let values: [SQLiteValue] = [.int(owner), .int(kind.rawValue), .text(key.folded), .text(key.exact)]
    let found = try connection.first(
      "SELECT id FROM label WHERE owner = ? AND kind = ? AND folded = ? AND exact = ?", values[0], values[1], values[2],
      values[3]
    ) { $0.int(0) }
    let id: Int64
    if let found {
      id = found
    } else {
      try connection.run(
        "INSERT INTO label (owner, kind, folded, exact, name, open, done, uses) VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
        values[0], values[1], values[2], values[3], .text(name))
      id = connection.lastInsertedRowID
    }
    ids[key] = id
    return id
  }

  mutating func count(_ label: Int64, _ state: TaskState, _ change: Int64) {
    changes[label, default: Change()].counts.add(state, change)
    changes[label, default: Change()].uses += change
  }

  mutating func flush() throws {
    var hasUnused = false
    for (label, change) in changes where change != Change() {
      try connection.run(
        "UPDATE label SET open = open + ?, done = done + ?, uses = uses + ? WHERE id = ?", .int(change.counts.open),
        .int(change.counts.done), .int(change.uses), .int(label))
      if change.uses < 0, try connection.run("DELETE FROM label WHERE id = ? AND uses = 0", .int(label)) > 0 {
        hasUnused = true
      }
    }
    changes.removeAll(keepingCapacity: true)
    if hasUnused || ids.count > Self.cacheLimit { ids.removeAll(keepingCapacity: true) }
  }

  /// Drops what was not flushed, after a transaction that was rolled back.
  mutating func forget() {
    ids.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
  }
}
