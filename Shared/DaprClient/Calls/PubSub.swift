import HTTP2Transport
import JSON

/// An event to publish: its value is JSON text, a whole CloudEvent unless ``contentType`` says otherwise.
public struct OutgoingEvent: Sendable, Equatable {
  public var body: [UInt8]
  public var contentType: String
  /// The record's key.
  public var partitionKey: String?
  /// The partition to write to, which beats the key (Dapr 1.18).
  public var partition: Int?

  public init(
    _ body: [UInt8], contentType: String = "application/cloudevents+json", partitionKey: String? = nil,
    partition: Int? = nil
  ) {
    self.body = body
    self.contentType = contentType
    self.partitionKey = partitionKey
    self.partition = partition
  }

  /// About how many octets it takes in a request.
  public var octets: Int { body.count + (partitionKey?.utf8.count ?? 0) + 160 }

  fileprivate var metadata: [(name: String, value: String)] {
    var metadata: [(name: String, value: String)] = []
    if let partitionKey { metadata.append(("partitionKey", partitionKey)) }
    if let partition { metadata.append(("partitionNumber", String(partition))) }
    return metadata
  }
}

/// A Dapr pub/sub component.
public struct PubSub: Sendable {
  let client: DaprClient
  let name: String

  /// Publishes one event and waits until the broker has acknowledged it. On an error it may have been published all the same.
  /// - Parameter isRaw: writes the body as it is, without an envelope; then `null` is a tombstone.
  public func publish(
    _ event: OutgoingEvent, to topic: String, isRaw: Bool = false, _ options: CallOptions = .init()
  ) async throws(DaprError) {
    var metadata = event.metadata
    if isRaw { metadata.append(("rawPayload", "true")) }
    let query = metadata.map { "metadata.\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    try await client.send(
      .post, "/v1.0/publish/\(path(topic))\(query.isEmpty ? "" : "?\(query)")",
      headers: ["content-type": event.contentType], body: event.body, options
    ).expect(204)
  }

  /// Publishes many in one call, where integers above 2⁵³ do not survive. On a thrown error any of them may have been published.
  /// - Returns: the indexes of those that were not published, with the reason; empty when all were.
  public func publish(
    all events: [OutgoingEvent], to topic: String, _ options: CallOptions = .init()
  ) async throws(DaprError) -> [Int: String] {
    var writer = JSONWriter(capacity: events.reduce(2) { $0 + $1.octets })
    writer.array {
      for (index, event) in events.enumerated() {
        $0.object {
          $0.key("entryId")
          $0.string(String(index))
          $0.key("event")
          $0.raw(event.body)
          $0.key("contentType")
          $0.string(event.contentType)
          $0.key("metadata")
          $0.object {
            for (name, value) in event.metadata {
              $0.key(named: name)
              $0.string(value)
            }
          }
        }
      }
    }
    let response = try await client.send(.post, "/v1.0/publish/bulk/\(path(topic))", body: writer.bytes, options)
    if response.status == 204 { return [:] }
    guard let failed = Self.failedEntries(response.body, count: events.count) else {
      throw DaprError(status: response.status, body: response.body)
    }
    return failed
  }

  private func path(_ topic: String) -> String { "\(PercentEncoding.encode(name))/\(PercentEncoding.encode(topic))" }

  /// nil when the answer does not name entries that we sent: then nothing is known of any.
  static func failedEntries(_ body: [UInt8], count: Int) -> [Int: String]? {
    guard let answer = try? JSONValue(parsing: body), let entries = answer["failedEntries"]?.elements, !entries.isEmpty
    else { return nil }
    var failed: [Int: String] = [:]
    for entry in entries {
      guard let index = entry["entryId"]?.string.flatMap(Int.init), (0..<count).contains(index) else { return nil }
      failed[index] = entry["error"]?.string ?? "no reason given"
    }
    return failed
  }
}
