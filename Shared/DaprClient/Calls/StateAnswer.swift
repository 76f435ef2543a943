import JSON

/// Reads the answer of a bulk get.
enum StateAnswer {
  /// Entries by key, those alone that are there. The order is the store's; a key asked for twice has an empty name.
  static func entries(_ body: [UInt8]) throws(DaprError) -> [String: StateEntry] {
    var entries: [String: StateEntry] = [:]
    var failure: DaprError?
    do throws(JSONError) {
      var reader = try JSONReader(body.span, uniqueMembers: false)
      try reader.beginArray()
      while try reader.nextElement() {
        let item = try Item(from: &reader)
        if !item.error.isEmpty { failure = DaprError(.failed, status: 200, message: "\(item.key): \(item.error)") }
        if let data = item.data, !item.key.isEmpty {
          entries[item.key] = StateEntry(value: Array(body[data]), etag: ETag(item.etag))
        }
      }
      try reader.end()
    } catch {
      throw DaprError(.badResponse, status: 200, message: "the answer of a bulk get: \(error)")
    }
    if let failure { throw failure }
    return entries
  }

  private struct Item {
    var key = ""
    /// Where the value stands; a key that is not there has none.
    var data: Range<Int>?
    var etag = ""
    var error = ""

    init(from reader: inout JSONReader) throws(JSONError) {
      try reader.beginObject()
      while let name = try reader.nextMember() {
        switch name {
        case "key": key = try reader.string()
        case "data": data = try reader.skippedRange()
        case "etag": etag = try reader.takeNull() ? "" : reader.string()
        case "error": error = try reader.takeNull() ? "" : reader.string()
        default: try reader.skip()
        }
      }
    }
  }
}
