import JSON

/// One operation on one task as its caller saw it, from the first time it was sent to the answer that settled it. Repeats
/// with the same `Idempotency-Key` belong to it.
struct Operation: Sendable {
  enum Action: Sendable, Equatable {
    case create
    /// Gives the task the operation's own title.
    case patch(ifMatch: Int?)
    case complete
    case reopen
    case delete
    case restore
    case read
  }

  enum Outcome: Sendable, Equatable {
    /// It took place, or was a read that found the task; what the answer showed. nil where the answer shows nothing (204).
    case done(TaskState?)
    /// 412: the task was at another version.
    case conflict
    /// 404: there was no such task, or it lay in the trash.
    case missing
    /// Said not to have been stored: a 503 of any other type than `in-doubt`, and never sent again.
    case refused
    /// It may have taken place, or may yet.
    case inDoubt
  }

  var action: Action
  let owner: String
  /// The `Idempotency-Key`, and the title that a create or a patch gives: unique, so that what it did can be told apart.
  let mark: String
  /// nil for a create that no answer gave an id.
  var task: String?
  /// One of many in one request, which is repeated only as a whole.
  var isInBatch = false
  /// What a task is made with, beside its title.
  var more: [JSONValue.Member] = []
  let invoked: ContinuousClock.Instant
  /// nil while nothing is known for certain: it may take effect at any later time.
  var answered: ContinuousClock.Instant?
  var outcome: Outcome
  /// All its answers in short, for people.
  var answers: [String] = []
  /// Whether one of them, or none where one was due, left open if it took place.
  var wasInDoubt = false

  var isWrite: Bool { action != .read }
  /// Whether it gives the task a title that no other operation gives.
  var setsTitle: Bool {
    switch action {
    case .create, .patch: true
    case .complete, .reopen, .delete, .restore, .read: false
    }
  }
}

/// What callers see of a task, as far as the operations change it.
struct TaskState: Sendable, Hashable, CustomStringConvertible {
  var version: Int
  var title: String
  var isDone = false
  var isDeleted = false

  var description: String {
    "version \(version) `\(title)`\(isDone ? " done" : "")\(isDeleted ? " deleted" : "")"
  }
}
