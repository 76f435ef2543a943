/// A topic that an app wants to be called for.
public struct Subscription: Sendable {
  /// Records handed over many at a time.
  public struct Bulk: Sendable {
    public var maximumMessages: Int
    /// How long the sidecar waits for more, in whole milliseconds.
    public var maximumWait: Duration

    public init(maximumMessages: Int = 100, maximumWait: Duration = .milliseconds(40)) {
      self.maximumMessages = maximumMessages
      self.maximumWait = maximumWait
    }
  }

  public var pubsub: String
  public var topic: String
  /// Where the sidecar posts deliveries.
  public var route: String
  /// nil for one record a call.
  public var bulk: Bulk?
  /// Octets of a delivery at most.
  public var bodyLimit: Int

  public init(pubsub: String, topic: String, route: String, bulk: Bulk? = nil, bodyLimit: Int = 128 << 20) {
    self.pubsub = pubsub
    self.topic = topic
    self.route = route
    self.bulk = bulk
    self.bodyLimit = bodyLimit
  }
}
