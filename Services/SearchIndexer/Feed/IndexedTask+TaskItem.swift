import TaskModel

extension IndexedTask {
  /// What the index keeps of a task; nil when one of its ids is no UUID.
  init?(_ task: TaskItem) {
    guard let id = IndexedID(task.id) else { return nil }
    self.init(
      id: id, owner: task.owner, version: Int64(task.version), json: task.json, title: task.title,
      notes: task.notes ?? "", tags: task.tags, list: task.list, status: task.status == .open ? .open : .done,
      priority: task.priority.map(Priority.init), due: task.due, dueAt: task.dueAt, createdAt: task.createdAt,
      updatedAt: task.updatedAt, completedAt: task.completedAt, deletedAt: task.deletedAt,
      parent: task.parent.flatMap { IndexedID($0) }, series: task.seriesID.flatMap { IndexedID($0) },
      hasRecurrence: task.recurrence != nil, hasReminder: !task.reminders.isEmpty)
  }
}

extension IndexedTask.Priority {
  init(_ priority: TaskPriority) {
    switch priority {
    case .low: self = .low
    case .medium: self = .medium
    case .high: self = .high
    }
  }
}
