import HTTP2Transport
import JSON
import Recurrence

/// Dapr's publish API for one app (<https://docs.dapr.io/reference/api/pubsub_api/>).
struct PublishAPI: Sendable {
  let app: String
  let components: [String: PubSubComponent]
  let producer: Producer
  let clock: MeshClock

  func publish(_ request: HTTPRequest) async throws(SidecarError) -> HTTPResponse {
    let metadata = MessageMetadata(query: request.query)
    let target = try target(request, metadata)
    let value: [UInt8]?
    if try isRaw(metadata, target) {
      // The JSON text null is a tombstone.
      value = request.body == Array("null".utf8) ? nil : request.body
    } else {
      let contentType = request.headers["content-type"] ?? "text/plain"
      do throws(PublishedContent.ContentFault) {
        let payload = try PublishedContent.payload(request.body, contentType: contentType)
        value = try envelope(target, metadata, request)
          .encoded(payload, contentType: contentType, exactNumbers: true)
      } catch {
        throw SidecarError(
          500, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent", reason: "DAPR_PUBSUB_CLOUD_EVENT_CREATION",
          metadata: [("appID", app), ("error", error.reason)], pubsub: target.component.name)
      }
    }
    do throws(Producer.Fault) {
      let placed = try await producer.place(
        value, metadata, topic: target.topic, limit: target.component.maximumMessageSize)
      try await producer.append([placed.record], to: placed.partition)
    } catch {
      throw failure(error.reason, target)
    }
    return HTTPResponse(status: 204)
  }

  /// Where a request publishes to.
  struct Target {
    let component: PubSubComponent
    let topic: String
  }

  func target(_ request: HTTPRequest, _ metadata: MessageMetadata) throws(SidecarError) -> Target {
    let name = request.parameters["pubsub"]
    guard let component = components[name] else {
      throw SidecarError(
        404, "ERR_PUBSUB_NOT_FOUND", "pubsub \(name) is not found", reason: "DAPR_PUBSUB_NOT_FOUND",
        metadata: metadata.entries.map { ($0.name, $0.value) })
    }
    let topic = request.parameters["topic"]
    if topic.isEmpty { throw .noRoute }
    guard component.publishing.allow(topic) else {
      let message = "topic \(topic) is not allowed for app id \(app)"
      throw SidecarError(
        403, "ERR_PUBSUB_FORBIDDEN", message, reason: "DAPR_PUBSUB_FORBIDDEN",
        metadata: [("error", message), ("topic", topic)], pubsub: name)
    }
    return Target(component: component, topic: topic)
  }

  func isRaw(_ metadata: MessageMetadata, _ target: Target) throws(SidecarError) -> Bool {
    guard let text = metadata["rawPayload"], !text.isEmpty else { return false }
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": return true
    case "0", "f", "F", "false", "FALSE", "False": return false
    default:
      throw SidecarError(
        400, "ERR_PUBSUB_REQUEST_METADATA",
        "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '\(text)'",
        reason: "DAPR_PUBSUB_METADATA_DESERIALIZATION", metadata: metadata.entries.map { ($0.name, $0.value) },
        pubsub: target.component.name)
    }
  }

  func envelope(_ target: Target, _ metadata: MessageMetadata, _ request: HTTPRequest) -> CloudEventEnvelope {
    CloudEventEnvelope(
      app: app, pubsub: target.component.name, topic: target.topic, metadata: metadata,
      traceparent: request.headers["traceparent"] ?? "", tracestate: request.headers["tracestate"] ?? "",
      now: clock.now())
  }

  private func failure(_ reason: String, _ target: Target) -> SidecarError {
    SidecarError(
      500, "ERR_PUBSUB_PUBLISH_MESSAGE",
      "error when publishing to topic \(target.topic) in pubsub \(target.component.name): \(reason)",
      reason: "DAPR_PUBSUB_PUBLISH_MESSAGE", metadata: [("error", reason), ("topic", target.topic)],
      pubsub: target.component.name)
  }
}
