import Recurrence

/// What an event about a task changes in the schedule. Decided by the task's state alone.
struct ScheduleChange: Equatable, Sendable {
  var added: [DueEntry] = []
  var removed: [DueEntry] = []
  /// What `reminders/<task>` becomes; nil deletes it.
  var record: ReminderRecord?

  /// nil when nothing is to be written: the event is no news, or the task has and had no reminders.
  init?(to task: RemindedTask, from record: ReminderRecord?) {
    guard task.version > record?.version ?? 0 else { return nil }
    let wanted = task.pending
    guard record != nil || !wanted.isEmpty else { return nil }
    var new = record ?? ReminderRecord(shard: task.shard)
    let before = Set(new.scheduled)
    let done = Set(new.delivered)
    new.version = task.version
    new.scheduled = wanted.filter { !done.contains($0) }
    let after = Set(new.scheduled)
    func entries(_ reminders: [TimedReminder]) -> [DueEntry] {
      reminders.map { DueEntry(task: task.id, reminder: $0.reminder, at: $0.at) }
    }
    added = entries(new.scheduled.filter { !before.contains($0) })
    removed = entries((record?.scheduled ?? []).filter { !after.contains($0) })
    let asked = Set(task.reminders)
    let forgotten = new.delivered.dropLast(ReminderRecord.remembered).filter { !asked.contains($0) }
    new.delivered.removeAll { forgotten.contains($0) }
    self.record = new
  }

  /// The task is gone for good.
  init(removing record: ReminderRecord, of task: String) {
    removed = record.scheduled.map { DueEntry(task: task, reminder: $0.reminder, at: $0.at) }
  }
}
