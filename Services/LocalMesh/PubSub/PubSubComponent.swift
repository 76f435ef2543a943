/// A pub/sub component as one app sees it. Whatever its type, its topics are those of the mesh's broker.
struct PubSubComponent: Sendable {
  let name: String
  /// The consumer group, one for all topics that the app subscribes to by this component.
  let group: String
  /// `initialOffset`: where a group without an offset begins. Dapr's default is the newest record.
  let startsAtOldest: Bool
  /// `maxMessageBytes`: the largest message that the producer takes, in octets.
  let maximumMessageSize: Int
  let publishing: TopicScopes
  let subscribing: TopicScopes

  /// What changes how messages are delivered in a way that LocalMesh does not know.
  private static let unknown = [
    "consumeRetryEnabled", "backOffPolicy", "backOffDuration", "backOffInitialInterval", "backOffMaxInterval",
    "backOffMaxRetries", "escapeHeaders", "excludeHeaderMetaRegex",
  ]

  init(_ component: Component, app: String) throws {
    for name in Self.unknown where component.text(name) != nil {
      throw component.fault("LocalMesh does not serve \(name): leave it out")
    }
    name = component.name
    group = (component.text("consumerGroup") ?? component.text("consumerID") ?? app)
      .replacing("{appID}", with: app)
    switch component.text("initialOffset") ?? "newest" {
    case "oldest": startsAtOldest = true
    case "newest": startsAtOldest = false
    case let other: throw component.fault("initialOffset is oldest or newest, not \(other)")
    }
    let limit = component.text("maxMessageBytes") ?? "1048576"
    guard let size = Int(limit), size > 0 else {
      throw component.fault("maxMessageBytes is a number of octets, not \(limit)")
    }
    maximumMessageSize = size
    publishing = TopicScopes(component, scopes: "publishingScopes", app: app)
    subscribing = TopicScopes(component, scopes: "subscriptionScopes", app: app)
  }
}
