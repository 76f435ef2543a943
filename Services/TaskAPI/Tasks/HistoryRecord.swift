import JSON
import TaskModel

/// One entry of a task's history: who changed what, when, both ways (`GET /tasks/{id}/history`).
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
    let fields = old.map { task.changedFields(from: $0) } ?? TaskField.allCases
    var writer = JSONWriter()
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
}
