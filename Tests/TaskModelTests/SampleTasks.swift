import Recurrence
import TaskModel

/// A task with a value in every field.
func fullTask() throws -> TaskItem {
  var task = TaskItem(
    id: "0195c2f1-7c3e-7a10-8f3e-0123456789ab", owner: "anna", title: "Water the \"plants\"", timeZone: "Europe/Berlin",
    createdAt: try Instant("2027-03-01T07:30:00Z"))
  task.notes = "Not the cactus\nü"
  task.status = .done
  task.priority = .high
  task.tags = ["Home", "garden"]
  task.list = "chores"
  task.parent = "0195c2f1-7c3e-7a10-8f3e-0123456789aa"
  task.due = try WallTime("2027-03-14T09:00:00")
  task.dueAt = try Instant("2027-03-14T08:00:00Z")
  task.recurrence = TaskRecurrence(
    rule: "FREQ=WEEKLY;BYDAY=SU", rdates: [try WallTime("2027-04-01")], exdates: [try WallTime("2027-03-21T09:00:00")],
    anchor: .completion, catchUp: .last)
  task.reminders = [
    TaskReminder(id: "r1", time: .before(try ISODuration("PT30M"))),
    TaskReminder(id: "r2", time: .at(try Instant("2027-02-01T00:00:00Z")), isMissed: true),
  ]
  task.seriesID = "0195c2f1-7c3e-7a10-8f3e-0123456789a9"
  task.occurrence = try WallTime("2027-03-14T09:00:00")
  task.updatedAt = try Instant("2027-03-14T08:30:00.25Z")
  task.completedAt = try Instant("2027-03-14T08:30:00.25Z")
  task.deletedAt = try Instant("2027-03-15T00:00:00Z")
  task.version = 7
  return task
}

func bareTask() throws -> TaskItem {
  TaskItem(
    id: "0195c2f1-7c3e-7a10-8f3e-0123456789ab", owner: "anna", title: "Tea",
    createdAt: try Instant("2027-03-01T07:30:00Z"))
}
