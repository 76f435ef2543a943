import JSON
import Recurrence

extension TaskInput {
  mutating func recurrence(_ pointer: String, _ reader: inout JSONReader) throws(JSONError)
    -> TaskPatch.RecurrenceChange
  {
    var change = TaskPatch.RecurrencePatch()
    guard try beginObject(pointer, &reader) else { return .keep }
    while let name = try reader.nextMember() {
      let member = pointer + "/" + JSONPointer.token(name)
      let isNull = try reader.takeNull()
      switch name {
      case "rule":
        if isNull {
          fault(member, "A recurrence needs a rule.")
        } else {
          change.rule = try text(member, &reader, rules.recurrenceRule)
        }
      case "rdates": change.rdates = .set(isNull ? [] : try wallTimes(member, &reader))
      case "exdates": change.exdates = .set(isNull ? [] : try wallTimes(member, &reader))
      case "anchor":
        if isNull {
          change.anchor = .set(.due)
        } else if let anchor: TaskRecurrence.Anchor = try word(member, &reader) {
          change.anchor = .set(anchor)
        }
      case "catchUp":
        if isNull {
          change.catchUp = .set(.next)
        } else if let catchUp: TaskRecurrence.CatchUp = try word(member, &reader) {
          change.catchUp = .set(catchUp)
        }
      default:
        fault(member, "A recurrence has no such field.")
        if !isNull { try reader.skip() }
      }
    }
    return .merge(change)
  }

  mutating func reminders(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> [TaskPatch.Reminder] {
    var reminders: [TaskPatch.Reminder] = []
    var ids: Set<String> = []
    guard try beginArray(pointer, &reader) else { return [] }
    var index = 0
    while try reader.nextElement() {
      let element = "\(pointer)/\(index)"
      if let reminder = try reminder(element, &reader) {
        if let id = reminder.id, !ids.insert(id).inserted {
          fault(element + "/id", "Another reminder of this task has this id.")
        }
        reminders.append(reminder)
      }
      index += 1
    }
    if index > TaskRules.maximumReminders {
      fault(pointer, "At most \(TaskRules.maximumReminders) reminders are allowed, not \(index).")
    }
    return reminders
  }

  /// `missed` may come back as it was shown; whether it holds is decided anew.
  private mutating func reminder(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> TaskPatch.Reminder?
  {
    guard try beginObject(pointer, &reader) else { return nil }
    var id: String?
    var times: [TaskReminder.Time] = []
    var named = 0
    while let name = try reader.nextMember() {
      let member = pointer + "/" + JSONPointer.token(name)
      if try reader.takeNull() {
        if !["id", "before", "at", "missed"].contains(name) { fault(member, "A reminder has no such field.") }
        continue
      }
      switch name {
      case "id": id = try text(member, &reader, rules.reminderID)
      case "before":
        named += 1
        if let duration = try duration(member, &reader) { times.append(.before(duration)) }
      case "at":
        named += 1
        if let instant = try instant(member, &reader) { times.append(.at(instant)) }
      case "missed":
        guard try reader.kind() == .bool else {
          fault(member, "true or false is expected.")
          try reader.skip()
          continue
        }
        _ = try reader.bool()
      default:
        fault(member, "A reminder has no such field.")
        try reader.skip()
      }
    }
    if named != 1 { fault(pointer, "A reminder needs either before or at.") }
    guard named == 1, let time = times.first else { return nil }
    return TaskPatch.Reminder(id: id, time: time)
  }
}
