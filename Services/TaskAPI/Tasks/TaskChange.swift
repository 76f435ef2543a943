import HTTP2Transport
import Recurrence
import TaskModel

/// What a request does to a task: pure, from the stored state to the next one or a problem.
enum TaskChange: Sendable {
  case create(TaskDraft)
  /// The only one for a task that may be there or not.
  case take(TaskImport)
  case patch(TaskPatch, ifMatch: String?)
  case complete
  case reopen
  case delete
  /// As part of its parent, which was deleted at this instant.
  case deleteWithParent(at: Instant)
  case restore

  struct Context {
    let owner: String
    let now: Instant
    let defaultTimeZone: String
    let zones: ZoneDatabase
    let makeID: () -> String
  }

  /// Whether the task's children follow it.
  var movesChildren: Bool {
    switch self {
    case .delete, .restore: true
    case .create, .take, .patch, .complete, .reopen, .deleteWithParent: false
    }
  }

  /// - Parameter stored: the task as it is; nil for a new one.
  /// - Returns: the task as it is to be, or nil when nothing changes.
  func apply(to stored: StoredTask?, _ context: Context) throws(Problem) -> StoredTask? {
    if case .create(let draft) = self { return try Self.create(draft, id: context.makeID(), context) }
    if case .take(let item) = self, stored == nil { return try item.make(context) }
    guard let stored, stored.task.owner == context.owner, !stored.isWithdrawn else { throw .notFound }
    let old = stored.task
    if case .restore = self {
      guard old.deletedAt != nil else { return nil }
    } else if old.deletedAt != nil {
      guard case .take = self else { throw .notFound }
    }
    var task = old
    switch self {
    case .create, .restore: task.deletedAt = nil
    case .patch(let patch, let ifMatch): try Self.apply(patch, ifMatch, to: &task, context)
    case .take(let item): try item.apply(to: stored, &task, context)
    case .complete: task.status = .done
    case .reopen: task.status = .open
    case .delete: task.deletedAt = context.now
    case .deleteWithParent(let instant): task.deletedAt = instant
    }
    try Self.derive(&task, from: old, context)
    if case .take(let item) = self { item.setCompletion(of: &task) }
    let changed = task.changedFields(from: old)
    if changed.isEmpty { return nil }
    task.version = old.version + 1
    task.updatedAt = max(context.now, old.updatedAt)
    return StoredTask(task: task, lastChange: changed.map(\.rawValue), next: stored.next)
  }

  static func create(_ draft: TaskDraft, id: String, _ context: Context) throws(Problem) -> StoredTask {
    var task: TaskItem
    do throws(TaskInputError) {
      task = try draft.makeTask(
        id: id, owner: context.owner, createdAt: context.now, defaultTimeZone: context.defaultTimeZone,
        makeReminderID: context.makeID)
    } catch { throw Problem(error) }
    try derive(&task, from: nil, context)
    try check(draft.patch, task)
    return StoredTask(task: task, lastChange: TaskField.allCases.map(\.rawValue))
  }

  private static func apply(
    _ patch: TaskPatch, _ ifMatch: String?, to task: inout TaskItem, _ context: Context
  ) throws(Problem) {
    if let ifMatch, !EntityTag.matches(ifMatch, version: task.version) {
      throw Problem(412, "The task is at version \(task.version).")
    }
    try check(patch, task)
    do throws(TaskInputError) {
      try patch.apply(to: &task, defaultTimeZone: context.defaultTimeZone, makeReminderID: context.makeID)
    } catch { throw Problem(error) }
  }

  private static func check(_ patch: TaskPatch, _ task: TaskItem) throws(Problem) {
    let faults = patch.readOnlyFaults(against: task)
    if !faults.isEmpty { throw Problem(TaskInputError.invalid(faults)) }
  }

  /// What follows from the fields that were set.
  static func derive(_ task: inout TaskItem, from old: TaskItem?, _ context: Context) throws(Problem) {
    if task.status != old?.status { task.completedAt = task.status == .done ? context.now : nil }
    let zone: TimeZoneRules
    do throws(TimeZoneError) { zone = try context.zones.zone(named: task.timeZone) } catch {
      throw Problem(503, "The zone \(task.timeZone) cannot be read: \(error.reason)", headers: ["retry-after": "60"])
    }
    task.dueAt = task.due.map { zone.instant(of: $0) }
    guard task.reminders != old?.reminders || task.dueAt != old?.dueAt else { return }
    for index in task.reminders.indices {
      guard let at = instant(of: task.reminders[index], dueAt: task.dueAt, zone) else {
        throw Problem(
          TaskInputError.invalid([TaskFault("/reminders/\(index)/before", "A reminder with before needs a due.")]))
      }
      // One that was set in time stays what it was, whether it has fired or not.
      if old?.reminders.contains(task.reminders[index]) == true, task.dueAt == old?.dueAt { continue }
      task.reminders[index].isMissed = at < context.now
    }
  }

  private static func instant(of reminder: TaskReminder, dueAt: Instant?, _ zone: TimeZoneRules) -> Instant? {
    switch reminder.time {
    case .at(let instant): instant
    case .before(let duration): dueAt.map { zone.instant($0, moved: duration, backwards: true) }
    }
  }
}

extension Problem {
  /// 400 for what cannot be parsed, 422 for fields against their rules.
  init(_ error: TaskInputError) {
    switch error {
    case .notJSON(let fault):
      self.init(400, "The body is not JSON.", errors: [Fault(pointer: fault.pointer, detail: fault.detail)])
    case .invalid(let faults):
      self.init(
        422, "Fields are against their rules.", errors: faults.map { Fault(pointer: $0.pointer, detail: $0.detail) })
    }
  }
}
