import HTTP2Transport
import JSON
import Recurrence

/// A record on its way to an app, as far as Dapr looks into it.
struct StoredEvent {
  let record: StoredRecord
  let partition: TopicPartition
  /// nil for a value that is neither a JSON object nor null: Dapr can't take it for an event.
  let attributes: Attributes?

  init(record: StoredRecord, partition: TopicPartition) {
    self.record = record
    self.partition = partition
    let contentType = record.record.headers.last { $0.name.lowercased() == "content-type" }?.value
    attributes =
      contentType == Array("application/octet-stream".utf8)
      ? Attributes() : try? Self.attributes(of: record.record.value ?? Self.null)
  }

  var offset: Int64 { record.offset }

  /// What the broker says of a record and its own headers, which beat that; of a doubled header the last counts.
  var metadata: [(name: String, value: String)] {
    var entries: [(name: String, value: String)] = []
    func set(_ name: String, _ value: String) {
      entries.removeAll { $0.name == name }
      entries.append((name, value))
    }
    if let key = record.record.key { set("__key", String(decoding: key, as: UTF8.self)) }
    set("__offset", String(record.offset))
    set("__partition", String(partition.partition))
    set("__topic", partition.topic)
    set("__timestamp", String(record.record.timestamp))
    for header in record.record.headers { set(header.name, String(decoding: header.value ?? [], as: UTF8.self)) }
    return entries
  }

  /// A tombstone reads as the JSON text null.
  var value: [UInt8] { record.record.value ?? Self.null }
  private static let null = Array("null".utf8)

  /// What of a CloudEvent decides how it is delivered.
  struct Attributes: Equatable {
    /// nil when the event has no such field.
    var traceparent: String?
    var expiration: Instant?
  }

  private static func attributes(of value: [UInt8]) throws(JSONError) -> Attributes? {
    var reader = try JSONReader(value.span, uniqueMembers: false)
    var attributes = Attributes()
    if try reader.takeNull() {
      try reader.end()
      return attributes
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      let isText = try reader.kind() == .string
      switch name {
      case "traceparent" where isText, "traceid" where isText:
        let text = try reader.string()
        if !text.isEmpty || attributes.traceparent == nil { attributes.traceparent = text }
      case "expiration" where isText: attributes.expiration = try? Instant(try reader.string())
      default: try reader.skip()
      }
    }
    try reader.end()
    return attributes
  }
}
