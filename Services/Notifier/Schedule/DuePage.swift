import JSON
import Recurrence

/// A reminder that is to fire.
struct DueEntry: Hashable, Sendable {
  var task: String
  var reminder: String
  var at: Instant
}

/// The value of one page: at most ``capacity`` entries.
struct DuePage: Equatable, Sendable {
  static let capacity = 100

  var entries: [DueEntry] = []

  init(entries: [DueEntry] = []) { self.entries = entries }

  /// nil when it is not what ``json`` writes.
  init?(json: [UInt8]) {
    guard let elements = (try? JSONValue(parsing: json))?["entries"]?.elements else { return nil }
    entries.reserveCapacity(elements.count)
    for element in elements {
      guard let task = element["task"]?.string, let reminder = element["reminder"]?.string,
        let at = element["at"]?.string.flatMap({ try? Instant($0) })
      else { return nil }
      entries.append(DueEntry(task: task, reminder: reminder, at: at))
    }
  }

  var json: [UInt8] {
    var writer = JSONWriter(capacity: 24 + entries.count * 160)
    writer.object {
      $0.key("entries")
      $0.array {
        for entry in entries {
          $0.object {
            $0.key("task")
            $0.string(entry.task)
            $0.key("reminder")
            $0.string(entry.reminder)
            $0.key("at")
            $0.string(entry.at.description)
          }
        }
      }
    }
    return writer.bytes
  }
}
