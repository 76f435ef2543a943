import CSQLite

/// What SQLite answered when it did not do what it was asked.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// SQLite's extended result code (<https://www.sqlite.org/rescode.html>).
  public let code: Int32
  /// SQLite's words.
  public let message: String
  /// The statement, or the path of a database that could not be opened.
  public let sql: String

  public init(code: Int32, message: String, sql: String) {
    self.code = code
    self.message = message
    self.sql = sql
  }

  init(_ handle: OpaquePointer?, code: Int32, sql: String) {
    let words = handle.flatMap(sqlite3_errmsg) ?? sqlite3_errstr(code)
    self.init(code: code, message: words.map { String(cString: $0) } ?? "no message", sql: sql)
  }

  /// The code without its extension: `SQLITE_BUSY` for `SQLITE_BUSY_SNAPSHOT`.
  public var primaryCode: Int32 { code & 0xff }

  /// Another connection holds the lock: the same call may succeed later.
  public var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

  /// ``Connection/interrupt()`` ended the call.
  public var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }

  /// The file is damaged or no database at all.
  public var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }

  /// A uniqueness, check or other constraint refused the row.
  public var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }

  public var description: String { "SQLite \(code): \(message), in: \(sql)" }
}
