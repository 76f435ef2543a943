import SQLite
import TaskQuery

/// The tables. What costs time in a search is other owners' postings, and what costs time in a list is other owners' rows.
///
/// A task's row number is (owner number + 1) << 32 | n, so that an owner's tasks lie side by side in every table and in
/// every posting list. `task` holds what is filtered and sorted by, `body` what is sent and searched, `word` the search.
enum IndexSchema {
  /// Changes with any table or with what ``Words`` makes of a text.
  static let layout = Int64(3_000 + Words.version)

  static let writerPragmas = [
    "journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 1000", "cache_size = -65536",
    "temp_store = MEMORY", "secure_delete = OFF",
  ]
  static let readerPragmas = ["cache_size = -32768", "temp_store = MEMORY", "query_only = ON"]

  /// Opens the index for writing and makes its tables if there are none.
  static func openWriter(path: String) throws -> Connection {
    let connection = try Connection(path: path, pragmas: writerPragmas)
    try connection.transaction {
      let isNew = try connection.first("SELECT count(*) FROM sqlite_schema") { $0.int(0) } == 0
      if isNew { try connection.execute(tables + "PRAGMA user_version = \(layout);") }
      try checkLayout(connection)
    }
    return connection
  }

  /// Opens an index that is there for reading.
  static func openReader(path: String) throws -> Connection {
    let connection = try Connection(path: path, access: .readOnly, pragmas: readerPragmas)
    try checkLayout(connection)
    FoldedFunction.register(on: connection)
    return connection
  }

  private static func checkLayout(_ connection: Connection) throws {
    let found = try connection.first("PRAGMA user_version") { $0.int(0) } ?? 0
    guard found == layout else { throw IndexError.otherLayout(found: found, expected: layout) }
  }

  /// Times are microseconds since the epoch; `due` is seconds of wall time. `priority` counts down from 0 high to 2 low,
  /// 3 is none: so the default order is the order of an index. `title`, `list` and `folded` are case-folded.
  private static let tables = """
    CREATE TABLE owner (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, next INTEGER NOT NULL,
      open INTEGER NOT NULL, done INTEGER NOT NULL, trashed INTEGER NOT NULL, changes INTEGER NOT NULL) STRICT;
    CREATE TABLE task (
      row INTEGER PRIMARY KEY, owner INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL,
      live INTEGER NOT NULL, status INTEGER NOT NULL, priority INTEGER NOT NULL, due INTEGER, due_at INTEGER,
      created INTEGER NOT NULL, updated INTEGER NOT NULL, completed INTEGER, deleted INTEGER,
      parent BLOB, series BLOB, flags INTEGER NOT NULL, list TEXT NOT NULL, title TEXT NOT NULL) STRICT;
    CREATE INDEX task_due ON task (owner, live, due, priority, created, id);
    CREATE INDEX task_status ON task (owner, live, status, due, priority, created, id);
    CREATE INDEX task_title ON task (owner, live, title, id);
    CREATE INDEX task_created ON task (owner, live, created, id);
    CREATE INDEX task_updated ON task (owner, live, updated, id);
    CREATE INDEX task_parent ON task (owner, parent) WHERE parent IS NOT NULL;
    CREATE INDEX task_deleted ON task (deleted) WHERE deleted IS NOT NULL;
    CREATE TABLE body (
      row INTEGER PRIMARY KEY, json BLOB NOT NULL, title TEXT NOT NULL, notes TEXT, tags TEXT NOT NULL,
      list_name TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE word USING fts5 (
      title, notes, tags, content = '', columnsize = 0, tokenize = 'ascii', prefix = '7');
    CREATE TABLE label (
      id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, kind INTEGER NOT NULL, folded TEXT NOT NULL, exact TEXT NOT NULL,
      name TEXT NOT NULL, open INTEGER NOT NULL, done INTEGER NOT NULL, uses INTEGER NOT NULL,
      UNIQUE (owner, kind, folded, exact)) STRICT;
    CREATE TABLE labelling (
      label INTEGER NOT NULL, task INTEGER NOT NULL, PRIMARY KEY (label, task)) STRICT, WITHOUT ROWID;
    CREATE TABLE position (
      partition INTEGER PRIMARY KEY, cluster TEXT NOT NULL, next INTEGER NOT NULL, key TEXT NOT NULL,
      version INTEGER NOT NULL, timestamp INTEGER NOT NULL) STRICT;
    CREATE TABLE marker (
      partition INTEGER NOT NULL, offset INTEGER NOT NULL, id BLOB NOT NULL,
      PRIMARY KEY (partition, offset)) STRICT, WITHOUT ROWID;
    CREATE INDEX marker_id ON marker (id);
    CREATE TABLE purged (
      id BLOB PRIMARY KEY, version INTEGER NOT NULL, updated INTEGER NOT NULL, at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX purged_at ON purged (at);
    CREATE TABLE doubt (id BLOB PRIMARY KEY, reason INTEGER NOT NULL, due INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX doubt_due ON doubt (reason, due);

    """
}
