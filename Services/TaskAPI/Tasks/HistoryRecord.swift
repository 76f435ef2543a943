import JSON
import TaskModel

/// One entry of a task's history: who changed what, when, both ways (`GET /tasks/{id}/history`). The first tells what the
/// task was made with.
struct HistoryRecord {
  private let next: StoredTask
  private let old: TaskItem?
  private let by: String

  init(_ next: StoredTask, from old: TaskItem?, by: String) {
    self.next = next
    self.old = old
    self.by = by
  }

  var json: [UInt8] {
    let task = next.task
    let fields = old.map { task.changedFields(from: $0) } ?? TaskField.allCases.filter { !Self.isEmpty($0, task) }
    var writer = JSONWriter(capacity: 256 + fields.count * 80 + (task.notes?.utf8.count ?? 0))
    writer.object {
      $0.key("version")
      $0.int(task.version)
      $0.key("at")
      $0.string(task.updatedAt.description)
      $0.key("by")
      $0.string(by)
      $0.key("changes")
      $0.array {
        for field in fields {
          $0.object {
            $0.key("field")
            $0.string(field.rawValue)
            $0.key("from")
            if let old { field.write(of: old, to: &$0) } else { $0.null() }
            $0.key("to")
            field.write(of: task, to: &$0)
          }
        }
      }
    }
    return writer.bytes
  }

  private static func isEmpty(_ field: TaskField, _ task: TaskItem) -> Bool {
    switch field {
    case .id, .title, .status, .list, .timeZone, .createdAt: false
    case .notes: task.notes == nil
    case .priority: task.priority == nil
    case .tags: task.tags.isEmpty
    case .parent: task.parent == nil
    case .due: task.due == nil
    case .dueAt: task.dueAt == nil
    case .recurrence: task.recurrence == nil
    case .reminders: task.reminders.isEmpty
    case .seriesID: task.seriesID == nil
    case .occurrence: task.occurrence == nil
    case .completedAt: task.completedAt == nil
    case .deletedAt: task.deletedAt == nil
    // They are the entry's own.
    case .updatedAt, .version: true
    }
  }
}
