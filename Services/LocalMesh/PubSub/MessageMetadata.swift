import HTTP2Transport

/// The `metadata.*` of a publish or of a bulk entry, in order; of a doubled name the first counts. Each is a record header too.
struct MessageMetadata: Sendable {
  private(set) var entries: [(name: String, value: String)] = []

  init() {}

  /// Those of a request's query.
  init(query: Substring?) {
    for pair in query.flatMap(PercentEncoding.pairs) ?? [] where pair.name.hasPrefix("metadata.") {
      let name = String(pair.name.dropFirst("metadata.".count))
      if self[name] == nil { entries.append((name, pair.value)) }
    }
  }

  subscript(name: String) -> String? {
    get { entries.first { $0.name == name }?.value }
    set {
      entries.removeAll { $0.name == name }
      if let newValue { entries.append((name, newValue)) }
    }
  }

  /// The same with `others` in place of what has their names.
  func overridden(by others: MessageMetadata) -> MessageMetadata {
    var merged = self
    for (name, value) in others.entries { merged[name] = value }
    return merged
  }

  /// A `cloudevent.<attribute>`, in any case.
  func override(_ attribute: String) -> String? {
    entries.first { $0.name.lowercased() == "cloudevent." + attribute }?.value
  }

  /// The record's key: `partitionKey` or `__key`.
  var key: String? { self["partitionKey"] ?? self["__key"] }

  /// Seconds; nil when there is none or it is no number, which Dapr passes over.
  var timeToLive: Int? { self["ttlInSeconds"].flatMap { Int($0) } }
}
