import HTTP2Transport
import JSON

/// One entry of a bulk publish, checked.
struct BulkPublishEntry {
  private(set) var id = ""
  /// JSON text.
  private(set) var event = Array("null".utf8)
  private(set) var contentType = ""
  private(set) var metadata = MessageMetadata()
  /// The first member that Go could not take.
  private var fault: Fault?

  struct Fault: Error {
    let reason: String
  }

  /// Reads the body of a bulk publish.
  static func read(_ body: [UInt8]) throws(Fault) -> [BulkPublishEntry] {
    if body.isEmpty { throw Fault(reason: "EOF") }
    var entries: [BulkPublishEntry] = []
    var wrong: JSONValue?
    do throws(JSONError) {
      var reader = try JSONReader(body.span, uniqueMembers: false)
      if try reader.kind() == .array {
        try reader.beginArray()
        while try reader.nextElement() { entries.append(try BulkPublishEntry(from: &reader, of: body)) }
      } else {
        wrong = try JSONValue(from: &reader)
      }
      try reader.end()
    } catch {
      throw Fault(reason: error.offset >= body.count ? "unexpected EOF" : "invalid character: \(error.reason)")
    }
    if let wrong, !wrong.isNull {
      throw Fault(
        reason: "json: cannot unmarshal \(wrong.goKind) into Go value of type []http.bulkPublishMessageEntry")
    }
    for entry in entries { if let fault = entry.fault { throw fault } }
    return entries
  }

  private init(from reader: inout JSONReader, of body: [UInt8]) throws(JSONError) {
    guard try reader.kind() == .object else {
      let kind = try JSONValue(from: &reader).goKind
      fault = Fault(reason: "json: cannot unmarshal \(kind) into Go value of type http.bulkPublishMessageEntry")
      return
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "entryId": id = try text(from: &reader, name)
      case "contentType": contentType = try text(from: &reader, name)
      case "event": event = Array(body[try reader.skippedRange()])
      case "metadata":
        guard try reader.kind() == .object else {
          try reader.skip()
          continue
        }
        try reader.beginObject()
        while let name = try reader.nextMember() { metadata[name] = try text(from: &reader, "metadata") }
      default: try reader.skip()
      }
    }
  }

  /// A string, or null for an empty one.
  private mutating func text(from reader: inout JSONReader, _ field: String) throws(JSONError) -> String {
    if try reader.takeNull() { return "" }
    if try reader.kind() == .string { return try reader.string() }
    let kind = try JSONValue(from: &reader).goKind
    if fault == nil {
      fault = Fault(
        reason: "json: cannot unmarshal \(kind) into Go struct field bulkPublishMessageEntry.\(field) of type string")
    }
    return ""
  }
}
