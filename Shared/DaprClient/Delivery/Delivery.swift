import HTTP2Transport
import JSON

/// One record as a subscriber gets it.
public struct Delivery: Sendable {
  public enum Content: Sendable, Equatable {
    case event(CloudEvent)
    /// The record has a key and no value.
    case tombstone
    /// No event that we can use; publish ``Delivery/bytes`` to the dead letters and acknowledge.
    case unreadable(String)
  }

  public let content: Content
  /// The event as it was delivered, JSON text.
  public let bytes: [UInt8]
  public let topic: String
  /// The record's key. Like partition and offset it is metadata that a producer can forge.
  public let key: String?
  public let partition: Int?
  public let offset: Int?

  init(_ bytes: [UInt8], metadata: (String) -> String?) {
    self.bytes = bytes
    topic = metadata("__topic") ?? ""
    key = metadata("__key")
    partition = metadata("__partition").flatMap(Int.init)
    offset = metadata("__offset").flatMap(Int.init)
    if bytes.elementsEqual("null".utf8) {
      content = .tombstone
    } else {
      do throws(JSONError) {
        content = .event(try CloudEvent(parsing: bytes))
      } catch {
        content = .unreadable(error.description)
      }
    }
  }

  /// Reads a delivery of one event: the body is the event, the metadata are headers.
  static func single(_ request: HTTPRequest) -> Delivery {
    Delivery(request.body) { request.headers[$0] }
  }
}

/// What becomes of a record.
public enum DeliveryStatus: String, Sendable {
  /// Done with it.
  case success = "SUCCESS"
  /// Bring it again, and whatever came with it, in 5 s.
  case retry = "RETRY"
  /// Never bring it again.
  case drop = "DROP"
}

/// A bulk delivery: some records of one partition, in order.
struct BulkDelivery {
  var entryIDs: [String] = []
  var deliveries: [Delivery] = []

  init(parsing bytes: [UInt8]) throws(JSONError) {
    var reader = try JSONReader(bytes.span, uniqueMembers: false)
    try reader.beginObject()
    while let name = try reader.nextMember() {
      guard name == "entries" else {
        try reader.skip()
        continue
      }
      try reader.beginArray()
      while try reader.nextElement() { try readEntry(&reader, bytes) }
    }
    try reader.end()
  }

  private mutating func readEntry(_ reader: inout JSONReader, _ bytes: [UInt8]) throws(JSONError) {
    var entryID = ""
    var event: Range<Int>?
    var metadata: [String: String] = [:]
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "entryId": entryID = try reader.string()
      case "event": event = try reader.skippedRange()
      case "metadata":
        if try reader.takeNull() { continue }
        try reader.beginObject()
        while let key = try reader.nextMember() {
          if try reader.kind() == .string { metadata[key] = try reader.string() } else { try reader.skip() }
        }
      default: try reader.skip()
      }
    }
    entryIDs.append(entryID)
    deliveries.append(Delivery(event.map { Array(bytes[$0]) } ?? [], metadata: { metadata[$0] }))
  }
}
