import CSQLite

/// A prepared statement of one connection, and used where the connection is.
///
/// Parameters count from 1 and keep their values from run to run until they are bound again.
public final class Statement {
  let handle: OpaquePointer
  /// Kept: a statement must be finalised before its connection is closed.
  private let connection: Connection.Handle
  public let sql: String
  private(set) var isBusy = false

  /// SQLite takes a copy before it returns: the caller's bytes need not outlive the call.
  private static let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ connection: Connection.Handle, _ sql: String, persistent: Bool) throws(SQLiteError) {
    var handle: OpaquePointer?
    let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = sqlite3_prepare_v3(connection.pointer, sql, -1, flags, &handle, nil)
    guard code == SQLITE_OK else { throw SQLiteError(connection.pointer, code: code, sql: sql) }
    guard let handle else { throw SQLiteError(code: SQLITE_MISUSE, message: "no statement in this text", sql: sql) }
    self.handle = handle
    self.connection = connection
    self.sql = sql
  }

  deinit { sqlite3_finalize(handle) }

  public func bind(_ value: Int64, at index: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_int64(handle, index, value))
  }

  public func bind(_ value: Double, at index: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_double(handle, index, value))
  }

  public func bind(_ text: String, at index: Int32) throws(SQLiteError) {
    var text = text
    try check(
      text.withUTF8 { utf8 in
        // Without an address SQLite would bind null.
        guard let start = utf8.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, nil) }
        return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
          sqlite3_bind_text64(handle, index, $0, UInt64(utf8.count), Self.copies, UInt8(SQLITE_UTF8))
        }
      })
  }

  /// Binds octets that are UTF-8 as text.
  public func bind(utf8 bytes: [UInt8], at index: Int32) throws(SQLiteError) {
    try check(
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_text(handle, index, "", 0, nil) }
        let text = start.assumingMemoryBound(to: CChar.self)
        return sqlite3_bind_text64(handle, index, text, UInt64(bytes.count), Self.copies, UInt8(SQLITE_UTF8))
      })
  }

  public func bind(blob bytes: [UInt8], at index: Int32) throws(SQLiteError) {
    try check(
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), Self.copies)
      })
  }

  public func bindNull(at index: Int32) throws(SQLiteError) { try check(sqlite3_bind_null(handle, index)) }

  public func bind(_ value: SQLiteValue, at index: Int32) throws(SQLiteError) {
    switch value {
    case .null: try bindNull(at: index)
    case .int(let value): try bind(value, at: index)
    case .double(let value): try bind(value, at: index)
    case .text(let value): try bind(value, at: index)
    case .utf8(let value): try bind(utf8: value, at: index)
    case .blob(let value): try bind(blob: value, at: index)
    }
  }

  /// Binds parameters 1, 2, …
  public func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  /// Runs the statement to its end; rows that it gives are passed over.
  public func run() throws(SQLiteError) {
    defer { reset() }
    while try step() {}
  }

  /// Hands each row to `body` until that returns false or the rows end.
  public func forEachRow(_ body: (borrowing Row) throws -> Bool) throws {
    isBusy = true
    defer { reset() }
    while try step() {
      guard try body(Row(self)) else { return }
    }
  }

  private func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw SQLiteError(connection.pointer, code: code, sql: sql)
    }
  }

  private func reset() {
    sqlite3_reset(handle)
    isBusy = false
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(connection.pointer, code: code, sql: sql) }
  }
}
