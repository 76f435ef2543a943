import Recurrence

/// A moment at which the owner wants to hear of a task.
public struct TaskReminder: Sendable, Hashable {
  public enum Time: Sendable, Hashable {
    /// So long before `dueAt`; after it where the duration has a minus.
    case before(ISODuration)
    case at(Instant)
  }

  /// Unique within the task.
  public var id: String
  public var time: Time
  /// Its instant was already past when it was set, so that it never fires.
  public var isMissed: Bool

  public init(id: String, time: Time, isMissed: Bool = false) {
    self.id = id
    self.time = time
    self.isMissed = isMissed
  }
}
