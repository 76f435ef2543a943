import Recurrence
import TaskModel
import Testing

private func patched(_ json: String, _ task: TaskItem) throws(TaskInputError) -> TaskItem {
  let bytes = Array(json.utf8)
  let patch = try TaskPatch(json: bytes.span, rules: rules)
  let faults = patch.readOnlyFaults(against: task)
  guard faults.isEmpty else { throw .invalid(faults) }
  var task = task
  try patch.apply(to: &task, defaultTimeZone: "UTC") { "made" }
  return task
}

@Suite("A merge patch of a task")
struct TaskPatchTests {
  @Test("only what is named changes")
  func fields() throws {
    let task = try fullTask()
    #expect(try patched("{}", task) == task)
    let changed = try patched(#"{"title":"New","tags":[],"due":"2027-05-01"}"#, task)
    #expect(changed.changedFields(from: task) == [.title, .tags, .due])
  }

  @Test("null sets the default")
  func nulls() throws {
    let changed = try patched(
      #"{"notes":null,"status":null,"priority":null,"tags":null,"list":null,"parent":null,"timeZone":null,"recurrence":null,"reminders":null,"due":null}"#,
      try fullTask())
    #expect(
      changed.notes == nil && changed.status == .open && changed.priority == nil && changed.tags == []
        && changed.list == "inbox")
    #expect(
      changed.parent == nil && changed.timeZone == "UTC" && changed.recurrence == nil && changed.reminders == []
        && changed.due == nil)
  }

  @Test("a patch reaches into the recurrence, and sets its members back by null")
  func recurrence() throws {
    let task = try fullTask()
    let changed = try #require(try patched(#"{"recurrence":{"anchor":null,"rdates":["2027-06-01"]}}"#, task).recurrence)
    #expect(changed.rule == "FREQ=WEEKLY;BYDAY=SU" && changed.anchor == .due && changed.catchUp == .last)
    #expect(changed.rdates == [try WallTime("2027-06-01")] && changed.exdates == task.recurrence?.exdates)
  }

  @Test("a task as it was read can be sent back whole")
  func wholeTask() throws {
    let task = try fullTask()
    var expected = task
    expected.reminders[1].isMissed = false  // decided anew by whoever sets it
    #expect(try patched(String(decoding: task.json, as: UTF8.self), task) == expected)
    #expect(try patched(#"{"dueAt":"2027-03-14T09:00:00+01:00","version":7.0}"#, task) == task)
  }

  @Test(
    "read-only fields that differ, and fields that do not go together, are refused",
    arguments: [
      (#"{"version":8}"#, ["/version"]), (#"{"dueAt":null,"completedAt":"x"}"#, ["/dueAt", "/completedAt"]),
      (#"{"title":null}"#, ["/title"]),
      (#"{"due":null}"#, ["/due"]), (#"{"recurrence":{"rule":null}}"#, ["/recurrence/rule"]),
      (#"{"parent":"0195c2f1-7c3e-7a10-8f3e-0123456789ab"}"#, ["/parent"]), (#"{"nope":1}"#, ["/nope"]),
    ])
  func refusals(_ json: String, _ pointers: [String]) throws {
    let task = try fullTask()
    #expect {
      try patched(json, task)
    } throws: {
      guard case .invalid(let faults)? = $0 as? TaskInputError else { return false }
      return faults.map(\.pointer) == pointers
    }
  }
}
