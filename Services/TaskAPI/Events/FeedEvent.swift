import JSON
import KafkaClient
import TaskModel

/// A record of one of the topics as its owner's listeners get it.
struct FeedEvent: Sendable, Equatable {
  enum Kind: String, Sendable {
    case task, reminder
  }

  let kind: Kind
  let owner: String
  /// Of a reminder: the same each time that it is delivered.
  let deliveryID: String?
  /// JSON in one line.
  let data: [UInt8]

  /// nil for what is nobody's business: tombstones, marks, and what cannot be read.
  init?(_ topic: FeedTopic, _ record: KafkaRecord) {
    guard let value = record.value else { return nil }
    switch topic {
    case .tasks:
      guard case .task(let event) = try? TaskTopicRecord(json: value.span) else { return nil }
      var writer = JSONWriter(capacity: value.count)
      writer.object {
        $0.key("change")
        $0.array { for field in event.change { $0.string(field) } }
        $0.key("task")
        event.task.write(to: &$0)
      }
      self.init(kind: .task, owner: event.task.owner, deliveryID: nil, data: writer.bytes)
    case .reminders:
      guard var data = (try? JSONValue(parsing: value))?["data"], let owner = data["owner"]?.string,
        let deliveryID = data["deliveryId"]?.string
      else { return nil }
      data["owner"] = nil
      self.init(kind: .reminder, owner: owner, deliveryID: deliveryID, data: data.bytes)
    }
  }

  init(kind: Kind, owner: String, deliveryID: String?, data: [UInt8]) {
    self.kind = kind
    self.owner = owner
    self.deliveryID = deliveryID
    self.data = data
  }
}

/// What goes down a listener's stream (HTML standard, server-sent events).
enum FeedItem: Sendable, Equatable {
  case event(FeedEvent, FeedPosition)
  /// What came before is not known: list anew, and go on from here.
  case reset(FeedPosition)
  /// Keeps proxies from ending the connection.
  case comment
  /// This process ends; come back soon.
  case retry

  var bytes: [UInt8] {
    switch self {
    case .event(let event, let position):
      Array("id: \(position)\nevent: \(event.kind.rawValue)\ndata: ".utf8) + event.data + [0x0A, 0x0A]
    case .reset(let position): Array("id: \(position)\nevent: reset\ndata: {}\n\n".utf8)
    case .comment: Array(":\n\n".utf8)
    case .retry: Array("retry: 1000\n\n".utf8)
    }
  }
}
