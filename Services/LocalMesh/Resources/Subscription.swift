import JSON
import YAML

/// Which deliveries an app wants: declared in a file, or answered by the app to `GET /dapr/subscribe`
/// (<https://docs.dapr.io/developing-applications/building-blocks/pubsub/subscription-methods/>).
struct Subscription: Sendable, Equatable {
  struct Bulk: Sendable, Equatable {
    var maximumMessages = 80
    /// How long a batch that is not full waits for more.
    var maximumWait: Duration = .milliseconds(10_000)
  }

  var pubsub: String
  var topic: String
  /// The path that deliveries are posted to.
  var route: String
  /// nil for one delivery per event.
  var bulk: Bulk?
  /// Whether the topic holds bare octets rather than CloudEvents.
  var isRaw = false
  /// Where messages go that the app could not take.
  var deadLetterTopic: String?
  /// The app ids that it is for; empty for all.
  var scopes: [String] = []

  func isFor(_ app: String) -> Bool { scopes.isEmpty || scopes.contains(app) }
}

extension Subscription {
  /// Reads a `Subscription` resource of `dapr.io/v2alpha1`.
  init(_ document: YAMLNode) throws(YAMLError) {
    let spec = try document.required("spec")
    try spec.allowOnly(["pubsubname", "topic", "routes", "bulkSubscribe", "metadata", "deadLetterTopic"])
    pubsub = try spec.required("pubsubname").text()
    topic = try spec.required("topic").text()
    let routes = try spec.required("routes")
    if let rules = try routes.value("rules") {
      throw YAMLError(at: rules.position, "routing rules are not served by LocalMesh; give routes.default alone")
    }
    route = Self.path(try routes.required("default").text())
    if let bulk = try spec.value("bulkSubscribe"), try bulk.value("enabled")?.bool() ?? false {
      self.bulk = Bulk(
        maximumMessages: try bulk.value("maxMessagesCount")?.int(),
        milliseconds: try bulk.value("maxAwaitDurationMs")?.int())
    }
    isRaw = try spec.value("metadata")?.value("rawPayload")?.text() == "true"
    deadLetterTopic = try spec.value("deadLetterTopic")?.text()
    for scope in try document.value("scopes")?.elements() ?? [] { scopes.append(try scope.text()) }
  }

  /// What an app answered and could not be used.
  struct Fault: Error, Equatable {
    let reason: String
  }

  /// Reads an app's answer to `GET /dapr/subscribe`: a list, null or nothing.
  static func all(in body: [UInt8]) throws(Fault) -> [Subscription] {
    if body.isEmpty { return [] }
    guard let list = try? GoJSON.decode(body), let elements = list.isNull ? [] : list.elements else {
      throw Fault(reason: "the answer to GET /dapr/subscribe is not a JSON list")
    }
    var subscriptions: [Subscription] = []
    for element in elements {
      guard let pubsub = element["pubsubname"]?.string, let topic = element["topic"]?.string else {
        throw Fault(reason: "a subscription lacks pubsubname or topic")
      }
      if element["routes"]?["rules"]?.elements?.isEmpty == false {
        throw Fault(reason: "the subscription to \(topic) has routing rules, which LocalMesh does not serve")
      }
      // One with neither is dropped, as Dapr does.
      let fallback = element["routes"]?["default"]?.string ?? ""
      let route = fallback.isEmpty ? element["route"]?.string ?? "" : fallback
      guard !route.isEmpty else { continue }
      var subscription = Subscription(pubsub: pubsub, topic: topic, route: path(route))
      if let bulk = element["bulkSubscribe"], bulk["enabled"]?.bool == true {
        subscription.bulk = Bulk(
          maximumMessages: bulk["maxMessagesCount"]?.int, milliseconds: bulk["maxAwaitDurationMs"]?.int)
      }
      subscription.isRaw = element["metadata"]?["rawPayload"]?.string == "true"
      let deadLetters = element["deadLetterTopic"]?.string ?? ""
      subscription.deadLetterTopic = deadLetters.isEmpty ? nil : deadLetters
      subscriptions.append(subscription)
    }
    return subscriptions
  }

  private static func path(_ route: String) -> String { route.hasPrefix("/") ? route : "/" + route }
}

extension Subscription.Bulk {
  /// Zero and none are Dapr's defaults.
  fileprivate init(maximumMessages: Int?, milliseconds: Int?) {
    self.init()
    if let maximumMessages, maximumMessages > 0 { self.maximumMessages = maximumMessages }
    if let milliseconds, milliseconds > 0 { maximumWait = .milliseconds(milliseconds) }
  }
}
