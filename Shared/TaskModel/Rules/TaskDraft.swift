import JSON
import Recurrence

/// A task that a client asks to have made: a patch of a new task, which must have a title.
public struct TaskDraft: Sendable, Equatable {
  public var patch: TaskPatch

  /// Reads a draft from a request's body.
  public init(json: Span<UInt8>, rules: TaskRules) throws(TaskInputError) {
    var input = TaskInput(rules: rules)
    do throws(JSONError) {
      var reader = try JSONReader(json)
      try input.read(from: &reader)
      try reader.end()
    } catch { throw TaskInputError(error, in: json) }
    input.requireTitle()
    guard input.faults.isEmpty else { throw .invalid(input.faults) }
    patch = input.patch
  }

  /// The new task, before what follows from its fields (`dueAt`, `completedAt`, missed reminders) is set; give the finished
  /// one to ``TaskPatch/readOnlyFaults(against:)``.
  public func makeTask(
    id: String, owner: String, createdAt: Instant, defaultTimeZone: String, makeReminderID: () -> String
  ) throws(TaskInputError) -> TaskItem {
    var task = TaskItem(id: id, owner: owner, title: "", timeZone: defaultTimeZone, createdAt: createdAt)
    try patch.apply(to: &task, defaultTimeZone: defaultTimeZone, makeReminderID: makeReminderID)
    return task
  }
}
