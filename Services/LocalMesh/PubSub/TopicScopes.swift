/// Which topics an app may publish to or subscribe to
/// (<https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/>).
struct TopicScopes: Sendable {
  private let allowed: Set<String>
  private let protected: Set<String>
  /// What `publishingScopes` or `subscriptionScopes` gives the app; nil when it does not name it.
  private let granted: Set<String>?

  /// `scopes` is the component's `publishingScopes` or `subscriptionScopes`: `app1=topic1,topic2;app2=`.
  init(_ component: Component, scopes: String, app: String) {
    allowed = Self.names(component.text("allowedTopics"))
    protected = Self.names(component.text("protectedTopics"))
    var granted: Set<String>?
    for entry in (component.text(scopes) ?? "").split(separator: ";") {
      let pair = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if Self.trimmed(pair[0]) == app { granted = Self.names(pair.count == 2 ? String(pair[1]) : nil) }
    }
    self.granted = granted
  }

  func allow(_ topic: String) -> Bool {
    if !allowed.isEmpty, !allowed.contains(topic) { return false }
    guard let granted else { return !protected.contains(topic) }
    return granted.contains(topic)
  }

  private static func names(_ list: String?) -> Set<String> {
    Set((list ?? "").split(separator: ",").map(trimmed).filter { !$0.isEmpty })
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
