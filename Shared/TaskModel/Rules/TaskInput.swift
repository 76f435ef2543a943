import JSON
import Recurrence
import Tokens

/// Reads a task's members as a client sends them: notes each fault and reads on, so that all are said at once.
struct TaskInput {
  /// Faults that one answer says.
  private static let maximumFaults = 100

  let rules: TaskRules
  private(set) var patch = TaskPatch()
  private(set) var faults: [TaskFault] = []
  private var hasTitle = false

  init(rules: TaskRules) { self.rules = rules }

  mutating func read(from reader: inout JSONReader) throws(JSONError) {
    guard try reader.kind() == .object else {
      fault("", "A JSON object is expected.")
      return try reader.skip()
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      guard let field = TaskField(rawValue: name) else {
        fault("/" + JSONPointer.token(name), "A task has no such field.")
        try reader.skip()
        continue
      }
      if field.isReadOnly {
        patch.claims.append(TaskPatch.Claim(field: field, value: try JSONValue(from: &reader)))
      } else {
        try read(field, from: &reader)
      }
    }
  }

  mutating func requireTitle() {
    if !hasTitle { fault("/title", "A task needs a title.") }
  }

  mutating func fault(_ pointer: String, _ detail: String) {
    if faults.count < Self.maximumFaults { faults.append(TaskFault(pointer, detail)) }
  }

  private mutating func read(_ field: TaskField, from reader: inout JSONReader) throws(JSONError) {
    let pointer = "/" + field.rawValue
    let isNull = try reader.takeNull()
    switch field {
    case .title:
      hasTitle = true
      if isNull { return fault(pointer, "A task needs a title.") }
      if let title = try text(pointer, &reader, rules.title) { patch.title = .set(title) }
    case .notes:
      if isNull {
        patch.notes = .set(nil)
      } else if let notes = try text(pointer, &reader, rules.notes) {
        patch.notes = .set(notes)
      }
    case .status:
      if isNull {
        patch.status = .set(.open)
      } else if let status: TaskStatus = try word(pointer, &reader) {
        patch.status = .set(status)
      }
    case .priority:
      if isNull {
        patch.priority = .set(nil)
      } else if let priority: TaskPriority = try word(pointer, &reader) {
        patch.priority = .set(priority)
      }
    case .tags: patch.tags = .set(isNull ? [] : try tags(pointer, &reader))
    case .list:
      if isNull {
        patch.list = .set(TaskItem.defaultList)
      } else if let list = try text(pointer, &reader, rules.list) {
        patch.list = .set(list)
      }
    case .parent:
      if isNull {
        patch.parent = .set(nil)
      } else if let parent = try text(pointer, &reader, Self.taskID) {
        patch.parent = .set(parent)
      }
    case .due:
      if isNull { patch.due = .set(nil) } else if let due = try wallTime(pointer, &reader) { patch.due = .set(due) }
    case .timeZone:
      if isNull {
        patch.timeZone = .set(nil)
      } else if let zone = try text(pointer, &reader, rules.timeZone) {
        patch.timeZone = .set(zone)
      }
    case .recurrence: patch.recurrence = isNull ? .remove : try recurrence(pointer, &reader)
    case .reminders: patch.reminders = .set(isNull ? [] : try reminders(pointer, &reader))
    case .id, .dueAt, .seriesID, .occurrence, .createdAt, .updatedAt, .completedAt, .deletedAt, .version:
      break  // read only: kept as claims before we come here
    }
  }

  /// An id in the form that ids are kept in. Whether there is such a task is not known here.
  private static func taskID(_ text: String) throws(TextFault) -> String {
    guard let id = UUID(text) else { throw TextFault("The id of a task is expected, a UUID.") }
    return id.description
  }

  private mutating func tags(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> [String] {
    var tags: [String] = []
    guard try beginArray(pointer, &reader) else { return [] }
    var index = 0
    while try reader.nextElement() {
      if let tag = try text("\(pointer)/\(index)", &reader, rules.tag) { tags.append(tag) }
      index += 1
    }
    tags = rules.unique(tags: tags)
    if tags.count > TaskRules.maximumTags {
      fault(pointer, "At most \(TaskRules.maximumTags) tags are allowed, not \(tags.count).")
    }
    return tags
  }
}
