/// What the state store keeps under `task/<id>` (protocols.md §1): the task, and what only the services need.
public struct StoredTask: Sendable, Equatable {
  /// The occurrence that completing this task made (protocols.md §4).
  public struct Next: Sendable, Equatable {
    public var id: String
    /// The version that it was made with: if it still has it, reopening this task withdraws it.
    public var version: Int
    /// It was taken back at that version. Should it be purged meanwhile, it is made again above it.
    public var isWithdrawn: Bool

    public init(id: String, version: Int, isWithdrawn: Bool = false) {
      self.id = id
      self.version = version
      self.isWithdrawn = isWithdrawn
    }
  }

  public var task: TaskItem
  /// The fields that its present version changed, so that publishing it again says the same.
  public var lastChange: [String]
  public var next: Next?
  /// This occurrence was taken back because its source was reopened.
  public var isWithdrawn: Bool

  public init(task: TaskItem, lastChange: [String], next: Next? = nil, isWithdrawn: Bool = false) {
    self.task = task
    self.lastChange = lastChange
    self.next = next
    self.isWithdrawn = isWithdrawn
  }

  /// The event of the present version.
  public var event: TaskEvent { TaskEvent(task: task, change: lastChange) }
}
