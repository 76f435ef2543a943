import Recurrence
import TaskModel

/// What the schedule needs to know of a task.
struct RemindedTask: Equatable, Sendable {
  let id: String
  let owner: String
  let version: Int
  let title: String
  let dueAt: Instant?
  /// Every reminder that the task has, with the instant at which it fires if it does.
  let reminders: [TimedReminder]
  /// Those of them that are still to fire: none of a task that is done or deleted, and none that was past when it was set.
  let pending: [TimedReminder]

  var shard: Int { OwnerPartition.of(owner) }

  init(_ task: TaskItem, zones: ZoneDatabase) {
    id = task.id
    owner = task.owner
    version = task.version
    title = task.title
    dueAt = task.dueAt
    let timed = task.reminders.compactMap { reminder in
      Self.instant(of: reminder, in: task, zones).map {
        (TimedReminder(reminder: reminder.id, at: $0), reminder.isMissed)
      }
    }
    reminders = timed.map(\.0)
    let isActive = task.status == .open && task.deletedAt == nil
    pending = isActive ? timed.filter { !$0.1 }.map(\.0) : []
  }

  /// nil for one that counts from a due that the task does not have.
  private static func instant(of reminder: TaskReminder, in task: TaskItem, _ zones: ZoneDatabase) -> Instant? {
    switch reminder.time {
    case .at(let instant): return instant
    case .before(let duration):
      guard let dueAt = task.dueAt else { return nil }
      // Where this machine lacks the zone, a reminder that may be an hour off is better than none.
      let zone = (try? zones.zone(named: task.timeZone)) ?? .utc
      return zone.instant(dueAt, moved: duration, backwards: true)
    }
  }
}
