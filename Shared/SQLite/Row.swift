import CSQLite

/// The row a statement stands on, for as long as the closure that it is handed to runs. Columns count from 0.
public struct Row: ~Copyable, ~Escapable {
  private let handle: OpaquePointer

  @_lifetime(borrow statement)
  init(_ statement: borrowing Statement) { handle = statement.handle }

  /// Whether the column is null.
  public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The column as an integer; 0 when it is null.
  public func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// The column as an integer, or nil when it is null.
  public func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

  /// The column as a number; 0 when it is null.
  public func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  /// The column as text; empty when it is null.
  public func text(_ column: Int32) -> String { String(decoding: buffer(column), as: UTF8.self) }

  /// The column as text, or nil when it is null.
  public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// A copy of the column's octets; empty when it is null.
  public func bytes(_ column: Int32) -> [UInt8] { Array(buffer(column)) }

  /// The column's octets as they lie in SQLite's page or value, not copied.
  ///
  /// They stay until the statement moves on; reading the same column as another type may move them, so read it once.
  @_lifetime(borrow self)
  public func span(_ column: Int32) -> Span<UInt8> {
    _overrideLifetime(Span(_unsafeElements: buffer(column)), borrowing: self)
  }

  /// The column as what it is.
  public func value(_ column: Int32) -> SQLiteValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .int(int(column))
    case SQLITE_FLOAT: .double(double(column))
    case SQLITE_TEXT: .utf8(bytes(column))
    case SQLITE_BLOB: .blob(bytes(column))
    default: .null
    }
  }

  /// Blob for text too: its octets are the text's, and no terminator has to be made.
  private func buffer(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    guard let start = sqlite3_column_blob(handle, column) else { return UnsafeBufferPointer(start: nil, count: 0) }
    let count = Int(sqlite3_column_bytes(handle, column))
    return UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
  }
}
