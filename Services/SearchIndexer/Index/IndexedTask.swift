import Recurrence

/// What the index keeps of a task: its JSON ready to send, and what it is found, filtered and sorted by.
struct IndexedTask: Sendable {
  enum Status: Int, Sendable {
    case open, done
  }

  enum Priority: Int, Sendable {
    case low, medium, high
  }

  var id: IndexedID
  var owner: String
  /// 1, 2, …; of two changes of a task the higher one stands.
  var version: Int64
  /// The task as the API shows it.
  var json: [UInt8]
  var title: String
  /// Empty counts as missing.
  var notes: String
  var tags: [String]
  var list: String
  var status: Status
  var priority: Priority?
  var due: WallTime?
  var dueAt: Instant?
  var createdAt: Instant
  var updatedAt: Instant
  var completedAt: Instant?
  /// Not nil: the task lies in the trash.
  var deletedAt: Instant?
  var parent: IndexedID?
  var series: IndexedID?
  var hasRecurrence: Bool
  var hasReminder: Bool
}
