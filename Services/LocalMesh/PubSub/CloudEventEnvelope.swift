import JSON
import Recurrence
import Tokens

/// Makes a CloudEvent of what an app publishes, as Dapr does
/// (<https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-cloudevents/>).
struct CloudEventEnvelope {
  let app: String
  let pubsub: String
  let topic: String
  let metadata: MessageMetadata
  /// The caller's trace; empty where it sent none.
  let traceparent: String
  let tracestate: String
  let now: Instant

  /// What was published, by its content type.
  enum Payload {
    case json(JSONValue)
    case text(String)
    case bytes([UInt8])
    /// A CloudEvent of the caller's own: the text of a JSON object.
    case event([UInt8])
  }

  /// The event as it is written into the log.
  /// - Parameter exactNumbers: whether numbers of a CloudEvent keep their digits, which a bulk publish does not do.
  func encoded(
    _ payload: Payload, contentType: String, exactNumbers: Bool
  ) throws(PublishedContent.ContentFault) -> [UInt8] {
    guard case .event(let text) = payload else {
      return GoJSON.encode(.object(members(payload, contentType)), exactNumbers: exactNumbers)
    }
    do throws(JSONError) {
      var reader = try JSONReader(text.span, uniqueMembers: false)
      var rewriter = GoJSONRewriter(capacity: text.count + 512, exactNumbers: exactNumbers)
      try rewriter.object(from: &reader, of: text.span, completion: completion)
      return rewriter.bytes
    } catch { throw PublishedContent.ContentFault("\(error.reason)") }
  }

  private func members(_ payload: Payload, _ contentType: String) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("datacontenttype", .string(contentType)),
      .init("id", .string(metadata.override("id") ?? UUID.random().description)),
      .init("pubsubname", .string(pubsub)), .init("source", .string(metadata.override("source") ?? app)),
      .init("specversion", "1.0"), .init("time", .string(time)), .init("topic", .string(topic)),
      .init("type", .string(metadata.override("type") ?? Self.defaultType)),
    ]
    switch payload {
    case .json(let value): members.append(.init("data", value))
    case .text(let text): members.append(.init("data", .string(text)))
    case .bytes(let bytes): members.append(.init("data_base64", .string(Base64.standard.encode(bytes))))
    case .event: break
    }
    if let subject = metadata.override("subject") { members.append(.init("subject", .string(subject))) }
    let trace = metadata.override("traceparent") ?? metadata.override("traceid") ?? traceparent
    members += [
      .init("traceid", .string(trace)), .init("traceparent", .string(trace)),
      .init("tracestate", .string(metadata.override("tracestate") ?? tracestate)),
    ]
    return members + expiration
  }

  static let defaultType: String = "com.dapr.event.sent"

  /// What the caller's event lacks, but for an id, and what is ours to say.
  private func completion(_ has: (String) -> Bool) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [.init("topic", .string(topic)), .init("pubsubname", .string(pubsub))]
    if !has("source") { members.append(.init("source", "Dapr")) }
    if !has("type") { members.append(.init("type", .string(Self.defaultType))) }
    if !has("specversion") { members.append(.init("specversion", "1.0")) }
    if !has("time") { members.append(.init("time", .string(time))) }
    if !has("traceid") {
      members += [.init("traceid", .string(traceparent)), .init("traceparent", .string(traceparent))]
    }
    if !has("tracestate") { members.append(.init("tracestate", .string(tracestate))) }
    return members + expiration
  }

  private var expiration: [JSONValue.Member] {
    guard let seconds = metadata.timeToLive else { return [] }
    return [.init("expiration", .string(Instant(secondsSinceEpoch: now.secondsSinceEpoch + seconds).description))]
  }

  private var time: String { Instant(secondsSinceEpoch: now.secondsSinceEpoch).description }
}
