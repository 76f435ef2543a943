import CSQLite
import SQLite
import TaskQuery

/// The SQL function `folded(text)`: the case folding of a text, for comparing notes, which are not kept folded.
enum FoldedFunction {
  static func register(on connection: Connection) {
    sqlite3_create_function_v2(
      connection.pointer, "folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
      { context, _, values in
        guard let value = values?[0], let text = sqlite3_value_blob(value) else { return sqlite3_result_null(context) }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))
        var folded = caseFolded(String(decoding: bytes, as: UTF8.self))
        folded.withUTF8 { utf8 in
          utf8.withMemoryRebound(to: CChar.self) {
            // SQLite copies the text: it is ours only until this returns.
            let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            sqlite3_result_text64(context, $0.baseAddress, UInt64($0.count), copies, UInt8(SQLITE_UTF8))
          }
        }
      }, nil, nil, nil)
  }
}
