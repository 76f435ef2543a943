import TaskModel

/// Where a listener stands: an owner's partition and the next offset in each of the two topics. As text it is the id of an
/// event, `<partition>-<offset in task-events>-<offset in task-reminders>` (protocols.md §2).
struct FeedPosition: Sendable, Equatable, CustomStringConvertible {
  let partition: Int
  var tasks: Int64
  var reminders: Int64

  init(partition: Int, tasks: Int64, reminders: Int64) {
    self.partition = partition
    self.tasks = tasks
    self.reminders = reminders
  }

  /// nil for what is no id of ours.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ $0.utf8.first.map { $0 != UInt8(ascii: "+") } ?? false }),
      let partition = Int(parts[0]), (0..<OwnerPartition.count).contains(partition),
      let tasks = Int64(parts[1]), let reminders = Int64(parts[2])
    else { return nil }
    self.init(partition: partition, tasks: tasks, reminders: reminders)
  }

  var description: String { "\(partition)-\(tasks)-\(reminders)" }

  /// Goes past a record.
  mutating func pass(_ topic: FeedTopic, _ offset: Int64) {
    switch topic {
    case .tasks: tasks = max(tasks, offset + 1)
    case .reminders: reminders = max(reminders, offset + 1)
    }
  }
}

/// The topics that listeners hear of.
enum FeedTopic: String, Sendable, CaseIterable {
  case tasks = "task-events"
  case reminders = "task-reminders"
}
