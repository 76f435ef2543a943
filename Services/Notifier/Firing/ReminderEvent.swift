import DaprClient
import JSON
import Recurrence
import Tokens

/// A reminder that fires: the CloudEvent on `task-reminders`, whose `data` listeners get.
struct ReminderEvent: Equatable, Sendable {
  static let topic = "task-reminders"

  /// What fires later than this after its time says so.
  static let lateAfter: Int = 60

  let deliveryID: String
  let task: RemindedTask
  let reminder: TimedReminder
  let firedAt: Instant

  init(_ reminder: TimedReminder, of task: RemindedTask, at now: Instant) {
    self.task = task
    self.reminder = reminder
    firedAt = now
    deliveryID = Self.deliveryID(task: task.id, reminder: reminder, dueAt: task.dueAt)
  }

  var isLate: Bool { firedAt > reminder.at.adding(seconds: Self.lateAfter) }

  /// The same for every attempt to deliver this reminder at this instant. The instant is part of it: a reminder that was
  /// delivered and is then set to another time is another delivery, though task and `dueAt` are the same.
  static func deliveryID(task: String, reminder: TimedReminder, dueAt: Instant?) -> String {
    UUID.named("\(task)\n\(reminder.reminder)\n\(dueAt?.description ?? "")\n\(reminder.at)", in: namespace).description
  }

  /// Of deliveries; made once at random.
  private static let namespace = UUID(high: 0x7d0b_6a52_91c4_4f1e, low: 0xa3c8_52f0_1d6e_94b7)

  /// The event, on the partition of the owner.
  var outgoing: OutgoingEvent {
    var writer = JSONWriter(capacity: 640)
    writer.object {
      $0.key("specversion")
      $0.string("1.0")
      $0.key("id")
      $0.string(deliveryID)
      $0.key("source")
      $0.string("notifier")
      $0.key("type")
      $0.string("reminder.due")
      $0.key("time")
      $0.string(firedAt.description)
      $0.key("datacontenttype")
      $0.string("application/json")
      $0.key("data")
      writeData(to: &$0)
    }
    return OutgoingEvent(writer.bytes, partitionKey: task.id, partition: task.shard)
  }

  private func writeData(to writer: inout JSONWriter) {
    writer.object {
      $0.key("deliveryId")
      $0.string(deliveryID)
      $0.key("taskId")
      $0.string(task.id)
      $0.key("reminderId")
      $0.string(reminder.reminder)
      $0.key("remindAt")
      $0.string(reminder.at.description)
      $0.key("dueAt")
      if let dueAt = task.dueAt { $0.string(dueAt.description) } else { $0.null() }
      $0.key("title")
      $0.string(task.title)
      $0.key("late")
      $0.bool(isLate)
      $0.key("owner")
      $0.string(task.owner)
    }
  }
}
