import TaskModel
import JSON
import Recurrence

/// One reminder of a task with the instant at which it fires.
struct TimedReminder: Hashable, Sendable {
  var reminder: String
  var at: Instant
}

/// The value of `reminders/<task>`: what is scheduled for a task and what was delivered.
struct ReminderRecord: Equatable, Sendable {
  /// The task's version that this reflects; 0 when something was delivered before the task's event came.
  var version = 0
  /// The shard that holds the task's pages.
  var shard: Int
  var scheduled: [TimedReminder] = []
  /// In the order of delivery.
  var delivered: [TimedReminder] = []

  /// Deliveries to remember at least, beyond those that the task still asks for.
  static let remembered = 20

  init(shard: Int) { self.shard = shard }

  /// nil when it is not what ``json`` writes.
  init?(json: [UInt8]) {
    guard let value = try? JSONValue(parsing: json), let version = value["version"]?.int,
      let shard = value["shard"]?.int, (0..<OwnerPartition.count).contains(shard),
      let scheduled = Self.timed(value["scheduled"]), let delivered = Self.timed(value["delivered"])
    else { return nil }
    self.version = version
    self.shard = shard
    self.scheduled = scheduled
    self.delivered = delivered
  }

  private static func timed(_ value: JSONValue?) -> [TimedReminder]? {
    guard let elements = value?.elements else { return nil }
    var reminders: [TimedReminder] = []
    for element in elements {
      guard let reminder = element["reminder"]?.string, let at = element["at"]?.string.flatMap({ try? Instant($0) })
      else { return nil }
      reminders.append(TimedReminder(reminder: reminder, at: at))
    }
    return reminders
  }

  var json: [UInt8] {
    func array(_ reminders: [TimedReminder]) -> JSONValue {
      .array(
        reminders.map {
          .object([.init("reminder", .string($0.reminder)), .init("at", .string($0.at.description))])
        })
    }
    return JSONValue.object([
      .init("version", .int(version)), .init("shard", .int(shard)), .init("scheduled", array(scheduled)),
      .init("delivered", array(delivered)),
    ]).bytes
  }

  /// Notes what became of a scheduled reminder: it was delivered, or will not be.
  mutating func settle(_ reminder: TimedReminder, delivered isDelivered: Bool) {
    scheduled.removeAll { $0 == reminder }
    if isDelivered, !delivered.contains(reminder) { delivered.append(reminder) }
  }
}
