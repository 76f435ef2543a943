import HTTP2Transport
import Recurrence
import TaskModel
import Tokens

/// How the occurrences of a series follow one another: pure (protocols.md §4).
enum Succession {
  enum Decision: Equatable {
    /// The source is not done with that very completion any more.
    case sourceChanged
    /// Nothing to do: the successor stands there, open, done or in the trash.
    case exists(TaskVersion)
    case make(StoredTask)
    /// The withdrawn successor comes back with its date computed anew.
    case restore(StoredTask)
  }

  /// Of names made of owner, series and completed occurrence.
  private static let namespace = UUID(high: 0x7C1E_9C0B_2F4D_5A6E, low: 0x9B1D_6F3A_8E52_C047)

  /// Each occurrence has one successor, whoever makes it and how often.
  static func successorID(of source: TaskItem) -> String {
    let name = [source.owner, source.seriesID ?? source.id, source.id].joined(separator: "\0")
    return UUID.named(name, in: namespace).description
  }

  static func next(
    of source: StoredTask?, standing: StoredTask?, _ request: MakeNextRequest, _ context: TaskChange.Context
  ) throws(Problem) -> Decision {
    guard let source, source.task.owner == request.owner, source.task.status == .done, !source.isWithdrawn,
      let completedAt = request.completedAt, source.task.completedAt == completedAt
    else { return .sourceChanged }
    if let standing, !standing.isWithdrawn { return .exists(TaskVersion(of: standing.task)) }
    // Made before and gone for good since: a replay of the source's event must not revive it.
    if standing == nil, let made = source.next, !made.isWithdrawn { return .exists(TaskVersion(of: made)) }
    guard let due = request.due else {
      throw Problem(400, "A next occurrence needs a due.")
    }
    var task = occurrence(after: source.task, createdAt: standing?.task.createdAt ?? context.now)
    task.due = due
    task.occurrence = request.occurrence ?? due
    task.recurrence = request.recurrence ?? source.task.recurrence
    try TaskChange.derive(&task, from: nil, context)
    guard let standing else {
      // Above the version at which a withdrawn one was purged, below which nobody takes anything.
      task.version = (source.next?.version ?? 0) + 1
      return .make(StoredTask(task: task, lastChange: TaskField.allCases.map(\.rawValue)))
    }
    task.version = standing.task.version + 1
    task.updatedAt = max(context.now, standing.task.updatedAt)
    let changed = task.changedFields(from: standing.task)
    return .restore(StoredTask(task: task, lastChange: changed.map(\.rawValue)))
  }

  /// The successor taken back, or nil when someone has changed it since it was made. It lies in the trash for everyone but
  /// ``next(of:standing:_:_:)``.
  static func withdraw(_ successor: StoredTask, madeAs next: StoredTask.Next, now: Instant) -> StoredTask? {
    guard successor.task.version == next.version, successor.task.deletedAt == nil, !successor.isWithdrawn else {
      return nil
    }
    var withdrawn = successor
    withdrawn.task.deletedAt = now
    withdrawn.task.version += 1
    withdrawn.task.updatedAt = max(now, successor.task.updatedAt)
    withdrawn.lastChange = [TaskField.deletedAt.rawValue]
    withdrawn.isWithdrawn = true
    return withdrawn
  }

  /// An open task like its source; reminders at an instant of their own belong to the source alone.
  private static func occurrence(after source: TaskItem, createdAt: Instant) -> TaskItem {
    var task = TaskItem(
      id: successorID(of: source), owner: source.owner, title: source.title, timeZone: source.timeZone,
      createdAt: createdAt)
    task.notes = source.notes
    task.priority = source.priority
    task.tags = source.tags
    task.list = source.list
    task.parent = source.parent
    task.seriesID = source.seriesID ?? source.id
    task.reminders = source.reminders.compactMap { reminder in
      guard case .before = reminder.time else { return nil }
      return TaskReminder(id: reminder.id, time: reminder.time)
    }
    return task
  }
}

extension TaskVersion {
  fileprivate init(of made: StoredTask.Next) {
    self.init()
    id = made.id
    version = made.version
  }
}
