import JSON
import Recurrence

extension TaskItem {
  /// Reads a task that a service of ours has written, in whatever order its members come (Dapr sorts them); members that
  /// are not known are passed over. Input from clients is read by ``TaskDraft`` and ``TaskPatch``.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let start = reader.offset
    var members = TaskMembers()
    try reader.beginObject()
    while let name = try reader.nextMember() {
      if try !members.take(name, from: &reader) { try reader.skip() }
    }
    self = try members.task(at: start)
  }

  public init(json: Span<UInt8>) throws(JSONError) {
    var reader = try JSONReader(json, uniqueMembers: false)
    try self.init(from: &reader)
    try reader.end()
  }
}

/// A task while its members are read.
struct TaskMembers {
  private var task = TaskItem(id: "", owner: "", title: "", createdAt: Instant(secondsSinceEpoch: 0))
  private var createdAt: Instant?
  private var updatedAt: Instant?
  private var version: Int?

  /// Reads the member's value if it is one of a task's; false, and nothing read, if not.
  mutating func take(_ name: String, from reader: inout JSONReader) throws(JSONError) -> Bool {
    switch name {
    case "id": task.id = try reader.string()
    case "owner": task.owner = try reader.string()
    case "title": task.title = try reader.string()
    case "notes": task.notes = try reader.text()
    case "status": task.status = try reader.word()
    case "priority": task.priority = try reader.optionalWord()
    case "tags": task.tags = try reader.texts()
    case "list": task.list = try reader.string()
    case "parent": task.parent = try reader.text()
    case "due": task.due = try reader.optionalWallTime()
    case "timeZone": task.timeZone = try reader.string()
    case "dueAt": task.dueAt = try reader.optionalInstant()
    case "recurrence": task.recurrence = try reader.takeNull() ? nil : try TaskRecurrence(from: &reader)
    case "reminders":
      try reader.beginArray()
      while try reader.nextElement() { task.reminders.append(try TaskReminder(from: &reader)) }
    case "seriesId": task.seriesID = try reader.text()
    case "occurrence": task.occurrence = try reader.optionalWallTime()
    case "createdAt": createdAt = try reader.instant()
    case "updatedAt": updatedAt = try reader.instant()
    case "completedAt": task.completedAt = try reader.optionalInstant()
    case "deletedAt": task.deletedAt = try reader.optionalInstant()
    case "version": version = try reader.int()
    default: return false
    }
    return true
  }

  /// - Parameter offset: where the object began, for the error of what is missing.
  func task(at offset: Int) throws(JSONError) -> TaskItem {
    guard !task.id.isEmpty, !task.title.isEmpty, let createdAt, let updatedAt, let version else {
      throw JSONError(
        .wrongKind, offset: offset, reason: "A task needs id, title, createdAt, updatedAt and version")
    }
    var task = task
    task.createdAt = createdAt
    task.updatedAt = updatedAt
    task.version = version
    return task
  }
}

extension TaskRecurrence {
  /// Reads what ``write(to:)`` writes.
  init(from reader: inout JSONReader) throws(JSONError) {
    self.init(rule: "")
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "rule": rule = try reader.string()
      case "rdates": rdates = try reader.wallTimes()
      case "exdates": exdates = try reader.wallTimes()
      case "anchor": anchor = try reader.word()
      case "catchUp": catchUp = try reader.word()
      default: try reader.skip()
      }
    }
  }
}

extension TaskReminder {
  /// Reads what ``write(to:)`` writes.
  init(from reader: inout JSONReader) throws(JSONError) {
    let start = reader.offset
    var id = ""
    var time: Time?
    var isMissed = false
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "id": id = try reader.string()
      case "before": time = .before(try reader.duration())
      case "at": time = .at(try reader.instant())
      case "missed": isMissed = try reader.bool()
      default: try reader.skip()
      }
    }
    guard let time else {
      throw JSONError(.wrongKind, offset: start, reason: "A reminder needs before or at")
    }
    self.init(id: id, time: time, isMissed: isMissed)
  }
}
