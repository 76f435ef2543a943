import JSON

/// An event as Dapr delivers it (CloudEvents 1.0, JSON format), with the attributes that we use.
public struct CloudEvent: Sendable, Equatable {
  public var id: String
  public var source: String
  public var type: String
  /// As it stands in the event, RFC 3339; empty when it has none.
  public var time: String
  /// The W3C trace of the publisher; empty or all zeros when there was none.
  public var traceparent: String
  /// JSON text.
  public var data: [UInt8]

  /// Reads an event. Attributes that CloudEvents requires but Dapr does not may be missing; `data` may not.
  init(parsing bytes: [UInt8]) throws(JSONError) {
    id = ""
    source = ""
    type = ""
    time = ""
    traceparent = ""
    var data: Range<Int>?
    var reader = try JSONReader(bytes.span, uniqueMembers: false)
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "id": id = try reader.string()
      case "source": source = try reader.string()
      case "type": type = try reader.string()
      case "time": time = try reader.string()
      case "traceparent": traceparent = try reader.takeNull() ? "" : reader.string()
      case "data": data = try reader.skippedRange()
      default: try reader.skip()
      }
    }
    try reader.end()
    guard let data else { throw JSONError(.wrongKind, offset: 0, reason: "An event with a member data is expected") }
    self.data = Array(bytes[data])
  }
}
