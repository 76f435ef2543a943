import YAML

/// Which deliveries an app wants: declared in a file, or answered by the app to `GET /dapr/subscribe`.
struct Subscription: Sendable, Equatable {
  struct Bulk: Sendable, Equatable {
    var maxMessages: Int
  }

  var pubsub: String
  var topic: String
  var route: String
  /// nil for one delivery per event.
  var bulk: Bulk?
  /// The app ids that it is for; empty for all.
  var scopes: [String] = []

  static let defaultBulkMessages = 80

  init(pubsub: String, topic: String, route: String, bulk: Bulk? = nil, scopes: [String] = []) {
    self.pubsub = pubsub
    self.topic = topic
    self.route = route
    self.bulk = bulk
    self.scopes = scopes
  }

  /// Reads a `Subscription` resource of `dapr.io/v2alpha1`.
  init(_ document: YAMLNode) throws(YAMLError) {
    let spec = try document.required("spec")
    try spec.allowOnly(["pubsubname", "topic", "routes", "bulkSubscribe", "metadata"])
    pubsub = try spec.required("pubsubname").text()
    topic = try spec.required("topic").text()
    let routes = try spec.required("routes")
    if let rules = try routes.value("rules") {
      throw YAMLError(at: rules.position, "routing rules are not served by LocalMesh; give routes.default alone")
    }
    route = try routes.required("default").text()
    if let bulk = try spec.value("bulkSubscribe"), try bulk.value("enabled")?.bool() ?? false {
      self.bulk = Bulk(maxMessages: try bulk.value("maxMessagesCount")?.int() ?? Self.defaultBulkMessages)
    }
    for scope in try document.value("scopes")?.elements() ?? [] { scopes.append(try scope.text()) }
  }
}
