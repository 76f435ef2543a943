import JSON

enum JournalKey {
  static func lease(_ journal: Int) -> String { "journal/\(journal)" }
  static func slot(_ journal: Int, _ slot: Int) -> String { "journal/\(journal)/\(slot)" }
}

/// `journal/<j>`: who holds a journal.
struct LeaseRecord: Equatable {
  /// What the record of a journal that nobody holds says.
  static let free = LeaseRecord(lease: "free")

  let lease: String
  var isFree: Bool { self == Self.free }

  init(lease: String) { self.lease = lease }

  /// nil for what is no lease.
  init?(_ bytes: [UInt8]) {
    guard let lease = (try? JSONValue(parsing: bytes))?["lease"]?.string else { return nil }
    self.lease = lease
  }

  var bytes: [UInt8] { JSONValue.object([.init("lease", .string(lease))]).bytes }
}

/// `journal/<j>/<slot>`: the tasks that one transaction wrote, whose events may not be published yet.
struct SlotRecord: Equatable {
  var lease: String
  /// Counts the writes of this slot under this lease; no number comes twice.
  var number: Int
  /// Ids of tasks.
  var ids: [String]

  init(lease: String, number: Int, ids: [String]) {
    self.lease = lease
    self.number = number
    self.ids = ids
  }

  /// nil for what is no slot.
  init?(_ bytes: [UInt8]) {
    do throws(JSONError) {
      var lease: String?
      var number: Int?
      var ids: [String]?
      var reader = try JSONReader(bytes.span)
      try reader.beginObject()
      while let name = try reader.nextMember() {
        switch name {
        case "lease": lease = try reader.string()
        case "n": number = try reader.int()
        case "ids":
          var list: [String] = []
          try reader.beginArray()
          while try reader.nextElement() { list.append(try reader.string()) }
          ids = list
        default: try reader.skip()
        }
      }
      try reader.end()
      guard let lease, let number, let ids else { return nil }
      self.init(lease: lease, number: number, ids: ids)
    } catch {
      return nil
    }
  }

  var bytes: [UInt8] {
    var writer = JSONWriter(capacity: 96 + ids.count * 40)
    writer.object {
      $0.key("lease")
      $0.string(lease)
      $0.key("n")
      $0.int(number)
      $0.key("ids")
      $0.array { for id in ids { $0.string(id) } }
    }
    return writer.bytes
  }
}
