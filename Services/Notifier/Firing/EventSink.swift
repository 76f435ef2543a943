import DaprClient

/// Where events go.
protocol EventSink: Sendable {
  /// Publishes many. On a thrown error any of them may have been published.
  /// - Returns: the indexes of those that were not, with the reason.
  func publish(all events: [OutgoingEvent], to topic: String) async throws(DaprError) -> [Int: String]
  /// Publishes one value as it is, without an envelope.
  func publishRaw(_ event: OutgoingEvent, to topic: String) async throws(DaprError)
}

struct DaprEventSink: EventSink {
  let pubsub: PubSub

  func publish(all events: [OutgoingEvent], to topic: String) async throws(DaprError) -> [Int: String] {
    try await pubsub.publish(all: events, to: topic)
  }

  func publishRaw(_ event: OutgoingEvent, to topic: String) async throws(DaprError) {
    try await pubsub.publish(event, to: topic, isRaw: true)
  }
}
