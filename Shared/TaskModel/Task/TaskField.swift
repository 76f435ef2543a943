import JSON

/// The fields of a task under the names that the contract (§2) gives them, in its order.
public enum TaskField: String, Sendable, CaseIterable {
  case id, title, notes, status, priority, tags, list, parent, due, timeZone, dueAt, recurrence, reminders
  case seriesID = "seriesId"
  case occurrence, createdAt, updatedAt, completedAt, deletedAt, version

  /// Whether a client may only send it as it is.
  public var isReadOnly: Bool {
    switch self {
    case .id, .dueAt, .seriesID, .occurrence, .createdAt, .updatedAt, .completedAt, .deletedAt, .version: true
    default: false
    }
  }

  /// Writes the field's value as answers and histories show it.
  public func write(of task: TaskItem, to writer: inout JSONWriter) {
    switch self {
    case .id: writer.string(task.id)
    case .title: writer.string(task.title)
    case .notes: writer.text(task.notes)
    case .status: writer.string(task.status.rawValue)
    case .priority: writer.text(task.priority?.rawValue)
    case .tags: writer.texts(task.tags)
    case .list: writer.string(task.list)
    case .parent: writer.text(task.parent)
    case .due: writer.wallTime(task.due)
    case .timeZone: writer.string(task.timeZone)
    case .dueAt: writer.instant(task.dueAt)
    case .recurrence: if let recurrence = task.recurrence { recurrence.write(to: &writer) } else { writer.null() }
    case .reminders: writer.array { for reminder in task.reminders { reminder.write(to: &$0) } }
    case .seriesID: writer.text(task.seriesID)
    case .occurrence: writer.wallTime(task.occurrence)
    case .createdAt: writer.instant(task.createdAt)
    case .updatedAt: writer.instant(task.updatedAt)
    case .completedAt: writer.instant(task.completedAt)
    case .deletedAt: writer.instant(task.deletedAt)
    case .version: writer.int(task.version)
    }
  }

  /// Whether two tasks have the same value here.
  public func isEqual(_ a: TaskItem, _ b: TaskItem) -> Bool {
    switch self {
    case .id: a.id == b.id
    case .title: a.title == b.title
    case .notes: a.notes == b.notes
    case .status: a.status == b.status
    case .priority: a.priority == b.priority
    case .tags: a.tags == b.tags
    case .list: a.list == b.list
    case .parent: a.parent == b.parent
    case .due: a.due == b.due
    case .timeZone: a.timeZone == b.timeZone
    case .dueAt: a.dueAt == b.dueAt
    case .recurrence: a.recurrence == b.recurrence
    case .reminders: a.reminders == b.reminders
    case .seriesID: a.seriesID == b.seriesID
    case .occurrence: a.occurrence == b.occurrence
    case .createdAt: a.createdAt == b.createdAt
    case .updatedAt: a.updatedAt == b.updatedAt
    case .completedAt: a.completedAt == b.completedAt
    case .deletedAt: a.deletedAt == b.deletedAt
    case .version: a.version == b.version
    }
  }
}

extension TaskItem {
  /// The fields in which this task differs from an earlier state, but for `updatedAt` and `version`, which always do.
  public func changedFields(from earlier: TaskItem) -> [TaskField] {
    TaskField.allCases.filter { $0 != .updatedAt && $0 != .version && !$0.isEqual(self, earlier) }
  }
}
