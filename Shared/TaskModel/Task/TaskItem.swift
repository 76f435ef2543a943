import Recurrence

/// A task with all its fields, as the contract (§2) has them, and its owner.
public struct TaskItem: Sendable, Equatable {
  /// UUIDv7, or UUIDv5 for an occurrence that a rule made; in small letters.
  public var id: String
  /// The `sub` of the token that made it. Never changes, and is never part of an answer.
  public var owner: String
  public var title: String
  /// Markdown.
  public var notes: String?
  public var status: TaskStatus
  public var priority: TaskPriority?
  public var tags: [String]
  public var list: String
  /// The id of the task that this one belongs to.
  public var parent: String?
  /// In `timeZone`.
  public var due: WallTime?
  /// An IANA name.
  public var timeZone: String
  /// The instant of `due`; of 00:00 for a date alone.
  public var dueAt: Instant?
  public var recurrence: TaskRecurrence?
  public var reminders: [TaskReminder]
  /// The id of the first task of a series.
  public var seriesID: String?
  /// The recurrence date of this occurrence.
  public var occurrence: WallTime?
  public var createdAt: Instant
  public var updatedAt: Instant
  public var completedAt: Instant?
  public var deletedAt: Instant?
  /// 1, 2, … with each change that a client can see.
  public var version: Int

  /// The list of a task that names none.
  public static let defaultList = "inbox"

  /// A task as it is made: open, at version 1.
  public init(
    id: String, owner: String, title: String, timeZone: String = "UTC", createdAt: Instant
  ) {
    self.id = id
    self.owner = owner
    self.title = title
    self.timeZone = timeZone
    self.createdAt = createdAt
    updatedAt = createdAt
    status = .open
    tags = []
    list = Self.defaultList
    reminders = []
    version = 1
  }
}

public enum TaskStatus: String, Sendable, CaseIterable {
  case open, done
}

/// In rising order.
public enum TaskPriority: String, Sendable, CaseIterable, Comparable {
  case low, medium, high

  public static func < (a: TaskPriority, b: TaskPriority) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .low: 1
    case .medium: 2
    case .high: 3
    }
  }
}
