import JSON
import Recurrence

/// A field of a patch: left as it is, or given a value.
public enum PatchedField<Value: Sendable & Equatable>: Sendable, Equatable {
  case keep
  case set(Value)

  func apply(to value: inout Value) {
    if case .set(let new) = self { value = new }
  }
}

/// What a JSON merge patch (RFC 7396) asks to change in a task; each value on its own is within its rules. Null has become
/// the field's default.
public struct TaskPatch: Sendable, Equatable {
  /// What a patch does to the recurrence: a merge patch of an object reaches into it.
  public enum RecurrenceChange: Sendable, Equatable {
    case keep
    case remove
    case merge(RecurrencePatch)
  }

  public struct RecurrencePatch: Sendable, Equatable {
    /// Never nil where it is set: a rule cannot be taken away.
    public var rule: String?
    public var rdates: PatchedField<[WallTime]> = .keep
    public var exdates: PatchedField<[WallTime]> = .keep
    public var anchor: PatchedField<TaskRecurrence.Anchor> = .keep
    public var catchUp: PatchedField<TaskRecurrence.CatchUp> = .keep
  }

  /// A reminder as a client gives it.
  public struct Reminder: Sendable, Equatable {
    /// Nil to have one made.
    public var id: String?
    public var time: TaskReminder.Time
  }

  /// A read-only field that was sent along; it must be as it is.
  struct Claim: Sendable, Equatable {
    var field: TaskField
    var value: JSONValue
  }

  public var title: PatchedField<String> = .keep
  public var notes: PatchedField<String?> = .keep
  public var status: PatchedField<TaskStatus> = .keep
  public var priority: PatchedField<TaskPriority?> = .keep
  public var tags: PatchedField<[String]> = .keep
  public var list: PatchedField<String> = .keep
  public var parent: PatchedField<String?> = .keep
  public var due: PatchedField<WallTime?> = .keep
  /// Nil stands for the owner's own.
  public var timeZone: PatchedField<String?> = .keep
  public var recurrence: RecurrenceChange = .keep
  public var reminders: PatchedField<[Reminder]> = .keep
  var claims: [Claim] = []

  public init() {}

  /// Reads a patch from a request's body.
  public init(json: Span<UInt8>, rules: TaskRules) throws(TaskInputError) {
    var input = TaskInput(rules: rules)
    do throws(JSONError) {
      var reader = try JSONReader(json)
      try input.read(from: &reader)
      try reader.end()
    } catch { throw TaskInputError(error, in: json) }
    guard input.faults.isEmpty else { throw .invalid(input.faults) }
    self = input.patch
  }

  /// The read-only fields that were sent with another value than this task has: the task as stored for a patch, as made
  /// for a new one.
  public func readOnlyFaults(against task: TaskItem) -> [TaskFault] {
    claims.filter { !$0.holds(for: task) }.map { claim in
      TaskFault("/\(claim.field.rawValue)", "This field is read only; leave it out or send it as it is.")
    }
  }

  /// Changes the fields of a task that the patch names. What follows from them (`dueAt`, `completedAt`, `version`, missed
  /// reminders) is the caller's part.
  /// - Parameters:
  ///   - defaultTimeZone: the owner's.
  ///   - makeReminderID: gives an id to each reminder that has none.
  /// - Throws: `invalid` when the fields do not go together.
  public func apply(
    to task: inout TaskItem, defaultTimeZone: String, makeReminderID: () -> String
  ) throws(TaskInputError) {
    title.apply(to: &task.title)
    notes.apply(to: &task.notes)
    status.apply(to: &task.status)
    priority.apply(to: &task.priority)
    tags.apply(to: &task.tags)
    list.apply(to: &task.list)
    parent.apply(to: &task.parent)
    due.apply(to: &task.due)
    if case .set(let zone) = timeZone { task.timeZone = zone ?? defaultTimeZone }
    if case .set(let reminders) = reminders {
      task.reminders = reminders.map { TaskReminder(id: $0.id ?? makeReminderID(), time: $0.time) }
    }
    try applyRecurrence(to: &task)
    var faults: [TaskFault] = []
    if task.parent == task.id { faults.append(TaskFault("/parent", "A task cannot be its own parent.")) }
    if task.recurrence != nil, task.due == nil { faults.append(TaskFault("/due", "A recurrence needs a due.")) }
    guard faults.isEmpty else { throw .invalid(faults) }
  }

  private func applyRecurrence(to task: inout TaskItem) throws(TaskInputError) {
    switch recurrence {
    case .keep: break
    case .remove: task.recurrence = nil
    case .merge(let patch):
      guard let rule = patch.rule ?? task.recurrence?.rule else {
        throw .invalid([TaskFault("/recurrence/rule", "A recurrence needs a rule.")])
      }
      var recurrence = task.recurrence ?? TaskRecurrence(rule: rule)
      recurrence.rule = rule
      patch.rdates.apply(to: &recurrence.rdates)
      patch.exdates.apply(to: &recurrence.exdates)
      patch.anchor.apply(to: &recurrence.anchor)
      patch.catchUp.apply(to: &recurrence.catchUp)
      task.recurrence = recurrence
    }
  }
}

extension TaskPatch.Claim {
  /// Whether the task has this value; an instant may be written in another way.
  func holds(for task: TaskItem) -> Bool {
    var writer = JSONWriter(capacity: 64)
    field.write(of: task, to: &writer)
    guard let actual = try? JSONValue(parsing: writer.bytes) else { return false }
    if actual == value { return true }
    if field == .version { return value.int == task.version }
    if field == .id { return value.string?.lowercased() == task.id }
    guard let sent = value.string, let known = actual.string else { return false }
    guard let sentInstant = try? Instant(sent), let knownInstant = try? Instant(known) else { return false }
    return sentInstant == knownInstant
  }
}
