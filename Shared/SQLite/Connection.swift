import CSQLite

/// An open database. One thread at a time uses it: let an actor on a ``SQLiteThread`` or ``ReaderThreads`` own it.
public final class Connection {
  /// How a database file is opened.
  public enum Access: Sendable {
    /// The file must be there.
    case readOnly
    /// The file is made when it is missing.
    case readWrite
  }

  /// When a transaction takes its lock (<https://www.sqlite.org/lang_transaction.html>).
  public enum TransactionKind: String, Sendable {
    /// The write lock at once, so that the transaction can't fail half way for another writer's sake.
    case immediate = "BEGIN IMMEDIATE"
    /// No lock: the first read fixes what is seen until the end.
    case deferred = "BEGIN DEFERRED"
  }

  /// Closes the database when neither its connection nor a statement is left.
  final class Handle {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { sqlite3_close_v2(pointer) }
  }

  private let handle: Handle
  private var cache: [String: Statement] = [:]
  private let cacheLimit: Int

  /// Opens `path` (`:memory:` for a database of its own in memory).
  ///
  /// - Parameters:
  ///   - pragmas: run in order once open, such as `journal_mode = WAL`.
  ///   - busyTimeout: milliseconds that a call waits for another connection's lock.
  ///   - statements: how many prepared statements are kept.
  public init(
    path: String, access: Access = .readWrite, pragmas: [String] = [], busyTimeout: Int32 = 5_000,
    statements: Int = 128
  ) throws(SQLiteError) {
    // NOMUTEX: one thread at a time is this type's contract, so SQLite need not lock every call.
    let mode = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var pointer: OpaquePointer?
    let code = sqlite3_open_v2(path, &pointer, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let pointer else { throw SQLiteError(code: code, message: "out of memory", sql: path) }
    handle = Handle(pointer)
    cacheLimit = statements
    guard code == SQLITE_OK else { throw SQLiteError(pointer, code: code, sql: path) }
    sqlite3_busy_timeout(pointer, busyTimeout)
    for pragma in pragmas { try execute("PRAGMA \(pragma)") }
  }

  /// SQLite's own handle, for what this type does not wrap. It is closed with the connection.
  public var pointer: OpaquePointer { handle.pointer }

  /// The prepared statement for `sql`, kept for the next call. One that is stepping at this moment is left alone.
  public func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = cache[sql], !statement.isBusy { return statement }
    let statement = try Statement(handle, sql, persistent: true)
    if cache.count >= cacheLimit { cache.removeAll(keepingCapacity: true) }
    cache[sql] = statement
    return statement
  }

  /// Runs a text of any number of statements without parameters.
  public func execute(_ script: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle.pointer, script, nil, nil, nil)
    guard code == SQLITE_OK else { throw SQLiteError(handle.pointer, code: code, sql: script) }
  }

  /// Runs one statement with its parameters and answers how many rows it changed.
  @discardableResult
  public func run(_ sql: String, _ values: SQLiteValue...) throws(SQLiteError) -> Int {
    let statement = try statement(sql)
    try statement.bind(values)
    try statement.run()
    return Int(sqlite3_changes64(handle.pointer))
  }

  /// Hands each row of a query to `body`.
  public func query(_ sql: String, _ values: [SQLiteValue] = [], each body: (borrowing Row) throws -> Void) throws {
    let statement = try statement(sql)
    try statement.bind(values)
    try statement.forEachRow {
      try body($0)
      return true
    }
  }

  /// What `read` makes of each row.
  public func all<Value>(
    _ sql: String, _ values: SQLiteValue..., read: (borrowing Row) throws -> Value
  ) throws -> [Value] {
    var found: [Value] = []
    try query(sql, values) { found.append(try read($0)) }
    return found
  }

  /// What `read` makes of the first row, or nil when there is none.
  public func first<Value>(
    _ sql: String, _ values: SQLiteValue..., read: (borrowing Row) throws -> Value
  ) throws -> Value? {
    let statement = try statement(sql)
    try statement.bind(values)
    var found: Value?
    try statement.forEachRow {
      found = try read($0)
      return false
    }
    return found
  }

  /// The rowid of the last row inserted over this connection.
  public var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(handle.pointer) }

  /// Rows that this connection has changed since it was opened.
  public var totalChanges: Int64 { sqlite3_total_changes64(handle.pointer) }

  /// Commits what `body` does when it returns and rolls it back when it throws. Transactions do not nest: an inner one throws.
  @discardableResult
  public func transaction<Value>(_ kind: TransactionKind = .immediate, _ body: () throws -> Value) throws -> Value {
    try statement(kind.rawValue).run()
    do {
      let value = try body()
      try statement("COMMIT").run()
      return value
    } catch {
      // A full disk or an I/O error has rolled it back already; the first error is the one to tell.
      if sqlite3_get_autocommit(handle.pointer) == 0 { try? statement("ROLLBACK").run() }
      throw error
    }
  }

  /// What another thread ends this connection's running call with; that call throws an error which ``SQLiteError/isInterrupted``.
  public var interruptor: Interruptor { Interruptor(handle: handle) }

  /// Ends the running call of a connection from another thread.
  public struct Interruptor: @unchecked Sendable {
    // @unchecked: sqlite3_interrupt is the one call that any thread may make, and `handle` keeps the connection open.
    fileprivate let handle: Handle
    public func interrupt() { sqlite3_interrupt(handle.pointer) }
  }
}
