import JSON
import Tokens

/// How Dapr takes a published body by its content type.
enum PublishedContent {
  /// A content type without its parameters, in lower case.
  private static func essence(_ contentType: String) -> String {
    if contentType == "application/cloudevents+json" { return contentType }
    return contentType.prefix { $0 != ";" }.lowercased().replacing(" ", with: "")
  }

  static func isCloudEvent(_ contentType: String) -> Bool { essence(contentType) == "application/cloudevents+json" }

  /// What a single publish carries; nil for a CloudEvent that is none, with the reason.
  static func payload(
    _ body: [UInt8], contentType: String
  ) throws(ContentFault) -> CloudEventEnvelope.Payload {
    switch essence(contentType) {
    case "application/cloudevents+json":
      if body.isEmpty { throw ContentFault("EOF") }
      let event: JSONValue
      do { event = try GoJSON.decode(body) } catch {
        throw ContentFault(error.offset >= body.count ? "unexpected EOF" : "invalid character: \(error.reason)")
      }
      guard event.members != nil else {
        throw ContentFault("json: cannot unmarshal \(event.goKind) into Go value of type map[string]interface {}")
      }
      return .event(body)
    case "application/octet-stream", "application/cloudevents+protobuf": return .bytes(body)
    case "application/json":
      if let value = try? GoJSON.decode(body) { return .json(value) }
    default: break
    }
    return .text(String(decoding: body, as: UTF8.self))
  }

  /// What an entry of a bulk publish carries.
  static func payload(_ entry: BulkPublishEntry) throws(ContentFault) -> CloudEventEnvelope.Payload {
    let essence = essence(entry.contentType)
    if essence == "application/cloudevents+json", entry.event.first == UInt8(ascii: "{") { return .event(entry.event) }
    let event = (try? GoJSON.decode(entry.event)) ?? .null
    switch essence {
    case "application/json": return .json(event)
    case "application/octet-stream":
      guard let text = event.string else { break }
      guard let bytes = Base64.standard.decode(text) else {
        throw ContentFault(
          "error: unable to decode base64 application/octect-stream data: illegal base64 data at input byte 0")
      }
      return .bytes(bytes)
    case let type where type.hasPrefix("text/") || type == "application/xml":
      if let text = event.string { return .text(text) }
    default: break
    }
    throw ContentFault("error: mismatch between contentType and event")
  }

  struct ContentFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }
}
