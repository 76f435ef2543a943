import Foundation
import JSON
import Testing
import Tokens

/// Reminders from the API by state store, cron binding and broker to a listener.
@Suite(.timeLimit(.minutes(5))) struct ReminderTests {
  @Test func remindersArriveOnceWithAllTheirFieldsAndComeAgainToWhoWasAway() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let at = Moment(in: 3)
    let plain = try await mesh.reminding("Call back", [["at": .string(at.text)]])
    let due = Moment(in: 3604)
    let timed = try await mesh.reminding(
      "Leave", [["before": "PT1H"]], [.init("due", .string(due.local)), .init("timeZone", "UTC")])

    let first = try await listener.reminder(of: plain.id)
    #expect(Date() >= at.date && Date() < at.date + 3)
    let delivery = try #require(first["deliveryId"]?.string)
    #expect(Tokens.UUID(delivery)?.version == 5)
    #expect(
      first.data.sorted
        == [
          "deliveryId": .string(delivery), "taskId": .string(plain.id), "reminderId": .string(plain.reminder),
          "remindAt": .string(at.text), "dueAt": .null, "title": "Call back", "late": false,
        ] as JSONValue.Sorted)
    let second = try await listener.reminder(of: timed.id)
    #expect(second["remindAt"] == .string(due.adding(-3600).text) && second["dueAt"] == .string(due.text))
    #expect(second["reminderId"] == .string(timed.reminder) && second["late"] == false && second["title"] == "Leave")

    // Who was away gets what was missed, that of each topic in its order, and then what is new.
    let missing = listener.events.drop { $0.name != "task" }.dropFirst()
    let known = try #require(listener.events.first { $0.name == "task" })
    let back = try await Listener(mesh, lastEventID: known.id)
    _ = try await back.reminder(of: timed.id)
    for name in ["task", "reminder"] {
      #expect(back.events(name).map(\.data) == missing.filter { $0.name == name }.map(\.data))
    }
    let later = try await mesh.reminding("Later", [["at": .string(Moment(in: 2).text)]])
    let live = try await listener.reminder(of: later.id)
    #expect(try await back.reminder(of: later.id) == live)
    #expect(listener.events("reminder").count == 3 && back.events("reminder").count == 3)
    let topic = try mesh.records(of: "task-reminders")
    #expect(Set(topic.map { $0.event["id"] }) == Set(listener.events("reminder").map { $0["deliveryId"] }))
    #expect(topic.count == 3 && topic.allSatisfy { $0.data["owner"] == "local" })
    await listener.close()
    await back.close()
    await mesh.discard()
  }

  @Test func anEventIDThatNobodyKnowsIsAnsweredByAReset() async throws {
    let mesh = try await Mesh.start()
    for id in ["nonsense", "0-0-0", "8-999999-0"] {
      let listener = try await Listener(mesh, lastEventID: id)
      let reset = try await listener.event("a reset", "reset") { _ in true }
      let made = try await mesh.create("After \(id)")
      _ = try await listener.event("the task", "task") { $0.task == made.body }
      await listener.close()
      // The id of the reset is one to go on from.
      let next = try await Listener(mesh, lastEventID: reset.id)
      _ = try await next.event("the task again", "task") { $0.task == made.body }
      await next.close()
    }
    await mesh.discard()
  }

  @Test func doneDeletedAndMovedTasksRemindNobody() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let at: JSONValue = [["at": .string(Moment(in: 5).text)]]
    let done = try await mesh.reminding("Done", at)
    let deleted = try await mesh.reminding("Deleted", at)
    let moved = try await mesh.reminding("Moved", at)
    let reopened = try await mesh.reminding("Reopened", at)
    _ = try await mesh.complete(done.id)
    #expect(try await mesh.call(.delete, "/tasks/\(deleted.id)").status == 204)
    let movedTo = Moment(in: 8)
    let patch: JSONValue = ["reminders": [["id": .string(moved.reminder), "at": .string(movedTo.text)]]]
    #expect(try await mesh.call(.patch, "/tasks/\(moved.id)", patch).status == 200)
    _ = try await mesh.complete(reopened.id)
    #expect(try await mesh.call(.post, "/tasks/\(reopened.id)/reopen").status == 200)
    let event = try await listener.reminder(of: moved.id)
    #expect(event["remindAt"] == .string(movedTo.text))
    // Everything of before has fired by now, if it does.
    #expect(listener.events("reminder").map { $0["title"] } == ["Reopened", "Moved"])
    await listener.close()
    await mesh.discard()
  }

  @Test func remindersSurviveAKilledNotifier() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let before = try await mesh.reminding("Before", [["at": .string(Moment(in: 2).text)]])
    _ = try await listener.reminder(of: before.id)
    let during = try await mesh.reminding("During", [["at": .string(Moment(in: 3).text)]])
    try await mesh.killDaemon("notifier")
    let made = try await mesh.reminding("Made while it is away", [["at": .string(Moment(in: 3).text)]])
    // A dead owner's leases stand for ten seconds.
    for id in [during.id, made.id] {
      #expect(try await listener.reminder(of: id, within: .seconds(30))["late"] == false)
    }
    #expect(listener.events("reminder").count == 3)
    await listener.close()
    await mesh.discard()
  }

  @Test func whatFellDueWhileTheMeshWasDownArrivesLateAfterItsStart() async throws {
    let first = try await Mesh.start()
    let at = Moment(in: 2)
    let missed = try await first.reminding("Missed", [["at": .string(at.text)]])
    let coming = try await first.reminding("Coming", [["at": .string(Moment(in: 100).text)]])
    await first.killSupervisor()
    // Late is what comes more than a minute after its time.
    try await Task.sleep(for: .seconds(62))
    let second = try await Mesh.start(data: first.data, portOffset: first.portOffset)
    let listener = try await Listener(second)
    let event = try await listener.reminder(of: missed.id, within: .seconds(30))
    #expect(event["late"] == true && event["remindAt"] == .string(at.text))
    #expect(try await listener.reminder(of: coming.id, within: .seconds(60))["late"] == false)
    #expect(listener.events("reminder").count == 2)
    await listener.close()
    await second.discard()
  }

  @Test func withoutTheTickNothingFires() async throws {
    let root = try RunFolder()
    try FileManager.default.removeItem(atPath: root.path + "/compose/components/reminder-tick.yaml")
    let without = try await Mesh.start(root: root.path)
    let task = try await without.reminding("Waits", [["at": .string(Moment(in: 1).text)]])
    try await Task.sleep(for: .seconds(5))
    #expect(try without.records(of: "task-reminders").isEmpty)
    #expect(try without.records(of: "task-events").map(\.key) == [task.id])
    await without.stop()
    let with = try await Mesh.start(data: without.data, portOffset: without.portOffset)
    try await until("the reminder fires") { try with.records(of: "task-reminders").map(\.key) == [task.id] }
    await with.discard()
    root.discard()
  }
}

/// A whole second, as the API writes it.
struct Moment: Sendable {
  let date: Date

  init(in seconds: Double) { date = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + seconds) }
  private init(_ date: Date) { self.date = date }
  func adding(_ seconds: Double) -> Moment { Moment(date + seconds) }

  var text: String { date.formatted(.iso8601) }
  /// Wall time of UTC.
  var local: String { String(text.dropLast()) }
}

extension JSONValue {
  /// An object's members, whatever their order.
  typealias Sorted = [String: JSONValue]
  var sorted: Sorted { Dictionary((members ?? []).map { ($0.name, $0.value) }) { first, _ in first } }
}

extension Mesh {
  /// Makes a task with reminders.
  func reminding(
    _ title: String, _ reminders: JSONValue, _ more: [JSONValue.Member] = []
  ) async throws -> (id: String, reminder: String) {
    let made = try await create([.init("title", .string(title)), .init("reminders", reminders)] + more)
    guard made.status == 201, let id = made["id"]?.string, let reminder = made["reminders"]?[0]?["id"]?.string else {
      throw NeverHeld(description: "made: \(made)")
    }
    return (id, reminder)
  }
}
