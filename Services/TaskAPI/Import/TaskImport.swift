import HTTP2Transport
import JSON
import Recurrence
import TaskModel
import Tokens

/// What an import does to the task that a file names: makes it, or brings it to what the file says.
struct TaskImport: Sendable {
  private static let namespace = UUID(high: 0x3E5D_B0A4_61C7_5F28, low: 0x8D07_94E1_5BA2_6C93)

  /// Made of the owner and the file's UID, so that the same task is found again by any replica without a table of what was
  /// imported, and two imports at once cannot make two of it: the second finds the key taken. nil for a task without a UID.
  let id: String?
  private let draft: TaskDraft
  private let createdAt: Instant?
  private let completedAt: Instant?
  private let modifiedAt: Instant?
  private let occurrence: WallTime?
  private let seriesID: String?

  /// - Throws: what of the task is against the rules of the API.
  init(_ task: ImportedTask, owner: String, rules: TaskRules, zones: ImportZones) throws(RejectedLine) {
    let named = task.uid.map { Self.id(owner: owner, uid: $0) }
    occurrence = task.occurrence
    if let occurrence, let uid = task.uid {
      seriesID = named
      id = Self.id(owner: owner, uid: "\(uid)\0\(occurrence)")
    } else {
      seriesID = nil
      id = named
    }
    createdAt = task.createdAt.map(zones.instant)
    completedAt = task.completedAt.map(zones.instant)
    modifiedAt = task.modifiedAt.map(zones.instant)
    let json = task.json(parent: task.parentUID.map { Self.id(owner: owner, uid: $0) }, zones)
    do throws(TaskInputError) { draft = try TaskDraft(json: json.span, rules: rules) } catch {
      throw RejectedLine(line: task.line, detail: Problem(error).sentences)
    }
  }

  private static func id(owner: String, uid: String) -> String {
    UUID.named(owner + "\0" + uid, in: namespace).description
  }

  func make(_ context: TaskChange.Context) throws(Problem) -> StoredTask {
    var made = try TaskChange.create(draft, id: id ?? context.makeID(), context)
    made.task.createdAt = createdAt ?? made.task.createdAt
    made.task.seriesID = seriesID
    made.task.occurrence = occurrence
    setCompletion(of: &made.task)
    return made
  }

  /// All fields become what the file says, and a deleted task comes back. Only a completion here stands where the file does
  /// not know of it: else an old file would open a task again, and a series that has gone on would have two open ones.
  func apply(to stored: StoredTask, _ task: inout TaskItem, _ context: TaskChange.Context) throws(Problem) {
    do throws(TaskInputError) {
      try draft.patch.apply(to: &task, defaultTimeZone: context.defaultTimeZone, makeReminderID: context.makeID)
    } catch { throw Problem(error) }
    task.deletedAt = nil
    guard let done = stored.task.completedAt, task.status == .open else { return }
    if let modifiedAt {
      if modifiedAt <= done { task.status = .done }
    } else if stored.next != nil {
      task.status = .done
    }
  }

  /// The completion is when the file says; call it when everything that follows from the fields is set.
  func setCompletion(of task: inout TaskItem) {
    if task.status == .done, let completedAt { task.completedAt = completedAt }
  }
}

extension ImportedTask {
  /// The task as a client would send it, with each field that a file can tell.
  fileprivate func json(parent: String?, _ zones: ImportZones) -> [UInt8] {
    let due = due.map(zones.wall)
    var writer = JSONWriter(capacity: 512 + notes.utf8.count)
    writer.object {
      $0.key("title")
      $0.string(title)
      $0.key("notes")
      if notes.isEmpty { $0.null() } else { $0.string(notes) }
      $0.key("status")
      $0.string((isDone ? TaskStatus.done : .open).rawValue)
      $0.key("priority")
      if let priority { $0.string(priority.rawValue) } else { $0.null() }
      $0.key("tags")
      $0.array { for tag in tags { $0.string(tag) } }
      $0.key("list")
      if let list { $0.string(list) } else { $0.null() }
      $0.key("parent")
      if let parent { $0.string(parent) } else { $0.null() }
      $0.key("due")
      if let due { $0.string(due.time.description) } else { $0.null() }
      $0.key("timeZone")
      if let due { $0.string(due.zone.name) } else { $0.null() }
      $0.key("recurrence")
      if rule.isEmpty { $0.null() } else { $0.object(writeRecurrence) }
      $0.key("reminders")
      $0.array { for reminder in reminders { $0.object(reminder.write) } }
    }
    return writer.bytes
  }

  private func writeRecurrence(to writer: inout JSONWriter) {
    writer.key("rule")
    writer.string(rule)
    writer.key("rdates")
    writer.array { for date in rdates { $0.string(date.description) } }
    writer.key("exdates")
    writer.array { for date in exdates { $0.string(date.description) } }
  }
}

extension ImportedTask.Reminder {
  /// Its time is its id too, so that a second import finds it and it does not fire again.
  fileprivate func write(to writer: inout JSONWriter) {
    let (kind, time) =
      switch self {
      case .before(let duration): ("before", duration.description)
      case .at(let instant): ("at", instant.description)
      }
    writer.key("id")
    writer.string(time)
    writer.key(named: kind)
    writer.string(time)
  }
}

extension Problem {
  /// What is wrong, in one text for a person.
  var sentences: String {
    if errors.isEmpty { return detail }
    return errors.map { fault in
      let place = fault.pointer.drop(while: { $0 == "/" })
      return place.isEmpty ? fault.detail : "\(place): \(fault.detail)"
    }.joined(separator: " ")
  }
}
