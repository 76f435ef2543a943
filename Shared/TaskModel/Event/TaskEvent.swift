import JSON

/// The news that a task has a new version: a CloudEvent 1.0 on `task-events` (protocols.md §2), whose `data` is the whole
/// task with its owner and `change`. Two events of one version are equal octet for octet when we write them.
public struct TaskEvent: Sendable, Equatable {
  static let source = "task-api"
  static let type = "task.changed"

  /// Octets that an event may have as daprd writes it, with room for what it adds below Kafka's limit of 1 MiB.
  public static let maximumSize = 900_000

  public var task: TaskItem
  /// The fields that changed: a hint for people, never to be acted on.
  public var change: [String]

  public init(task: TaskItem, change: [String]) {
    self.task = task
    self.change = change
  }

  public var id: String { "\(task.id):\(task.version)" }

  /// The whole event in structured mode (`application/cloudevents+json`).
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("specversion")
      $0.string("1.0")
      $0.key("id")
      $0.string(id)
      $0.key("source")
      $0.string(Self.source)
      $0.key("type")
      $0.string(Self.type)
      $0.key("time")
      $0.instant(task.updatedAt)
      $0.key("datacontenttype")
      $0.string("application/json")
      $0.key("data")
      $0.object {
        task.writeMembers(to: &$0)
        $0.key("owner")
        $0.string(task.owner)
        $0.key("change")
        $0.texts(change)
      }
    }
  }

  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 1280 + (task.notes?.utf8.count ?? 0))
    write(to: &writer)
    return writer.bytes
  }

  /// The octets that an event's JSON takes when daprd, which is written in Go, has read and written it again: `<`, `>`,
  /// `&`, U+2028 and U+2029 become `\u003c` and so on. What daprd adds (topic, trace fields) is not counted.
  public static func size(afterDapr json: [UInt8]) -> Int {
    var size = json.count
    for (i, byte) in json.enumerated() {
      switch byte {
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): size += 5
      case 0xE2 where i + 2 < json.count && json[i + 1] == 0x80 && json[i + 2] & 0xFE == 0xA8: size += 3
      default: break
      }
    }
    return size
  }
}
