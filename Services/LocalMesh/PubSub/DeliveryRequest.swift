import HTTP2Transport
import JSON
import Recurrence
import Tokens

/// The requests by which Dapr delivers records to an app.
enum DeliveryRequest {
  /// What is to be done with a record.
  enum Single {
    case send(HTTPRequest)
    /// Its time to live is over: passed over as if delivered.
    case expired
    /// It can't be delivered, ever.
    case unusable(String)
  }

  /// Headers that a record can't set.
  private static let withheld: Set<String> = ["content-type", "connection", "content-length", "host"]

  /// One record, as it lies in the log.
  static func single(_ event: StoredEvent, _ subscription: Subscription, now: Instant) -> Single {
    var body = event.value
    var trace: String?
    if subscription.isRaw {
      body = wrapped(event, subscription)
    } else {
      guard let attributes = event.attributes else { return .unusable("its value is not a JSON object") }
      if let expiration = attributes.expiration, expiration <= now { return .expired }
      trace = attributes.traceparent.map { $0.isEmpty ? Invocation.noTrace : $0 }
    }
    var headers: HTTPHeaders = ["content-type": "application/cloudevents+json", "pubsubname": subscription.pubsub]
    // A dead letter brings the name of where it was: ours is the one that counts.
    for (name, value) in event.metadata where name != "pubsubName" {
      let name = name.lowercased()
      guard isToken(name), !hasControls(value) else { return .unusable("its header \(name) can't be one of HTTP") }
      if !withheld.contains(name) { headers.add(name, value) }
    }
    if let trace, headers["traceparent"] == nil { headers["traceparent"] = trace }
    return .send(HTTPRequest(.post, subscription.route, headers: headers, body: body))
  }

  /// A batch of records with the entry ids that they go by.
  static func bulk(_ entries: [(id: String, event: StoredEvent)], _ subscription: Subscription) -> HTTPRequest {
    var writer = JSONWriter(capacity: entries.reduce(512) { $0 + $1.event.value.count + 256 })
    writer.object {
      $0.key("entries")
      $0.array { for entry in entries { write(entry.id, entry.event, subscription.isRaw, to: &$0) } }
      $0.key("id")
      $0.string(UUID.random().description)
      $0.key("metadata")
      $0.object {
        $0.key("pubsubName")
        $0.string(subscription.pubsub)
      }
      $0.key("pubsubname")
      $0.string(subscription.pubsub)
      $0.key("topic")
      $0.string(subscription.topic)
      $0.key("type")
      $0.string("com.dapr.event.sent.bulk")
    }
    var headers: HTTPHeaders = ["content-type": "application/json", "pubsubname": subscription.pubsub]
    if !subscription.isRaw, let trace = entries.lazy.compactMap(\.event.attributes?.traceparent).first {
      headers["traceparent"] = trace.isEmpty ? Invocation.noTrace : trace
    }
    return HTTPRequest(.post, subscription.route, headers: headers, body: writer.bytes)
  }

  private static func write(_ id: String, _ event: StoredEvent, _ isRaw: Bool, to writer: inout JSONWriter) {
    writer.object {
      $0.key("entryId")
      $0.string(id)
      $0.key("event")
      if isRaw {
        $0.string(Base64.standard.encode(event.value))
      } else {
        $0.raw((try? GoJSON.rewrite(event.value)) ?? Array("null".utf8))
      }
      $0.key("metadata")
      $0.object {
        for (name, value) in event.metadata.sorted(by: { $0.name < $1.name }) {
          $0.key(named: name)
          $0.string(value)
        }
      }
      $0.key("contentType")
      $0.string(isRaw ? "application/octet-stream" : "application/cloudevents+json")
    }
  }

  private static func wrapped(_ event: StoredEvent, _ subscription: Subscription) -> [UInt8] {
    GoJSON.encode([
      "data_base64": .string(Base64.standard.encode(event.value)), "datacontenttype": "application/octet-stream",
      "id": .string(UUID.random().description), "pubsubname": .string(subscription.pubsub), "source": "Dapr",
      "specversion": "1.0", "topic": .string(subscription.topic), "type": .string(CloudEventEnvelope.defaultType),
    ])
  }

  /// A field name of RFC 9110 §5.6.2.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains($0)
        }
      }
  }

  private static func hasControls(_ value: String) -> Bool {
    value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }
  }
}
