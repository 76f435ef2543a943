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
    /// A CloudEvent of the caller's own.
    case event([JSONValue.Member])
  }

  func members(_ payload: Payload, contentType: String) -> [JSONValue.Member] {
    if case .event(let members) = payload { return completed(members) }
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
    return expiring(members)
  }

  static let defaultType: String = "com.dapr.event.sent"

  /// The caller's event with what it lacks, but for an id.
  private func completed(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
    var event = JSONValue.object(members)
    event["topic"] = .string(topic)
    event["pubsubname"] = .string(pubsub)
    if event["source"] == nil { event["source"] = "Dapr" }
    if event["type"] == nil { event["type"] = .string(Self.defaultType) }
    if event["specversion"] == nil { event["specversion"] = "1.0" }
    if event["time"] == nil { event["time"] = .string(time) }
    if event["traceid"] == nil {
      event["traceid"] = .string(traceparent)
      event["traceparent"] = .string(traceparent)
    }
    if event["tracestate"] == nil { event["tracestate"] = .string(tracestate) }
    return expiring(event.members ?? [])
  }

  private func expiring(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
    guard let seconds = metadata.timeToLive else { return members }
    return members + [
      .init("expiration", .string(Instant(secondsSinceEpoch: now.secondsSinceEpoch + seconds).description))
    ]
  }

  private var time: String { Instant(secondsSinceEpoch: now.secondsSinceEpoch).description }
}
