import SQLite

/// The search table. It keeps no text of its own: to take a task out, its words are told once more, and they must be
/// exactly those that were put in, or ghosts remain that nothing shows.
struct WordTable {
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  /// Rows of one transaction should ascend: each step down costs SQLite a segment of its own.
  func replace(_ row: Int64, owner: Int64, _ old: StoredTask?, with new: StoredTask?) throws {
    if let old, let new, old.hasSameWords(as: new) { return }
    if let old {
      let statement = try connection.statement(
        "INSERT INTO word (word, rowid, title, notes, tags) VALUES ('delete', ?, ?, ?, ?)")
      try run(statement, row, owner, old)
    }
    if let new {
      let statement = try connection.statement("INSERT INTO word (rowid, title, notes, tags) VALUES (?, ?, ?, ?)")
      try run(statement, row, owner, new)
    }
  }

  private func run(_ statement: Statement, _ row: Int64, _ owner: Int64, _ task: StoredTask) throws {
    let scope = SearchScope(owner: owner, isLive: task.state != .trashed)
    try statement.bind(row, at: 1)
    try statement.bind(utf8: scope.words(of: task.title), at: 2)
    try statement.bind(utf8: scope.words(of: task.notes), at: 3)
    try statement.bind(utf8: scope.words(ofTags: TagList.split(task.tags)), at: 4)
    try statement.run()
  }

  /// A step of merging segments, for idle moments: at most some `pages`. False when there was nothing to do.
  func merge(pages: Int64) throws -> Bool {
    let before = connection.totalChanges
    try connection.run("INSERT INTO word (word, rank) VALUES ('merge', ?)", .int(-pages))
    // SQLite's documentation: a merge that did nothing changes fewer than two rows.
    return connection.totalChanges - before >= 2
  }
}

extension StoredTask {
  fileprivate func hasSameWords(as other: StoredTask) -> Bool {
    (state == .trashed) == (other.state == .trashed) && title == other.title && notes == other.notes
      && tags == other.tags
  }
}
