import Foundation
import JSON
import Testing

/// The checks themselves, on ledgers and contents made by hand: each tells what is broken, and is quiet when nothing is.
@Suite struct PromisesTests {
  private let ledger = Ledger()

  private func write(
    _ action: Operation.Action, _ mark: String, _ outcome: Operation.Outcome, on task: String? = "t"
  ) {
    ledger.note(
      Operation(action: action, owner: "ada", mark: mark, task: task, invoked: .now, answered: .now, outcome: outcome))
  }

  private static func task(_ id: String, _ version: Int, _ title: String, _ more: [String: JSONValue] = [:])
    -> JSONValue
  {
    var task: JSONValue = ["id": .string(id), "version": .int(version), "title": .string(title), "status": "open"]
    for (name, value) in more { task[name] = value }
    return task
  }

  /// The same in store, topic and index.
  private static func contents(_ tasks: [JSONValue], titles: [String: [Int: String]] = [:]) -> MeshContents {
    var contents = MeshContents()
    for task in tasks {
      let id = task["id"]?.string ?? ""
      for place in [\MeshContents.store, \.topic, \.index] { contents[keyPath: place][id] = task }
    }
    contents.titles = titles
    return contents
  }

  private func broken(_ contents: MeshContents) -> [String] { Promises(ledger: ledger, contents: contents).broken }

  @Test func whatIsKeptEverywhereBreaksNothing() {
    write(.create, "a", .done(TaskState(version: 1, title: "a")))
    write(.patch(ifMatch: nil), "b", .done(TaskState(version: 2, title: "b")))
    write(.create, "refused", .refused, on: nil)
    write(.create, "doubt", .inDoubt, on: nil)
    let contents = Self.contents(
      [Self.task("t", 2, "b"), Self.task("d", 1, "doubt")], titles: ["t": [1: "a", 2: "b"], "d": [1: "doubt"]])
    #expect(broken(contents) == [])
  }

  @Test(arguments: [\MeshContents.store, \.topic, \.index])
  func whatIsMissingOrOldInOnePlaceIsTold(place: WritableKeyPath<MeshContents, MeshContents.Tasks> & Sendable) {
    var contents = Self.contents([Self.task("t", 2, "b")])
    contents[keyPath: place]["t"] = Self.task("t", 1, "a")
    #expect(broken(contents).count == 1)
    contents[keyPath: place]["t"] = nil
    #expect(broken(contents).count == 1)
  }

  @Test func anAcknowledgedWriteThatIsGoneIsTold() {
    write(.create, "a", .done(TaskState(version: 1, title: "a")))
    #expect(broken(Self.contents([])).contains { $0.contains("t is gone") })
    write(.patch(ifMatch: nil), "b", .done(TaskState(version: 2, title: "b")))
    let old = Self.contents([Self.task("t", 1, "a")], titles: ["t": [1: "a"]])
    #expect(broken(old).contains { $0.contains("t is at version 1") })
    // The version is there, and another's.
    let other = Self.contents([Self.task("t", 3, "c")], titles: ["t": [1: "a", 2: "x", 3: "c"]])
    #expect(broken(other).contains { $0.contains("version 2 of t is another's") })
  }

  @Test func aRefusedWriteThatTookPlaceAndARepeatThatMadeASecondAreTold() {
    write(.create, "refused", .refused, on: nil)
    write(.create, "twice", .inDoubt, on: nil)
    let contents = Self.contents(
      [Self.task("r", 1, "refused"), Self.task("x", 1, "twice"), Self.task("y", 1, "twice")],
      titles: ["r": [1: "refused"], "x": [1: "twice"], "y": [1: "twice"]])
    #expect(broken(contents).count == 2)
  }

  @Test func answersThatFitToNoOrderAreTold() {
    write(.create, "a", .done(TaskState(version: 1, title: "a")))
    write(.patch(ifMatch: 1), "b", .done(TaskState(version: 2, title: "b")))
    write(.patch(ifMatch: 1), "c", .done(TaskState(version: 3, title: "c")))
    let contents = Self.contents([Self.task("t", 3, "c")], titles: ["t": [1: "a", 2: "b", 3: "c"]])
    #expect(broken(contents).count == 1)
  }

  @Test func aCompletedOccurrenceHasOneSuccessor() {
    let rule: JSONValue = ["rule": "FREQ=DAILY"]
    let first = Self.task("s", 2, "a", ["recurrence": rule, "status": "done", "due": "2035-05-10"])
    #expect(broken(Self.contents([first])).count == 1)
    let next = Self.task(
      "n", 1, "a", ["recurrence": rule, "seriesId": "s", "due": "2035-05-11", "occurrence": "2035-05-11"])
    #expect(broken(Self.contents([first, next])) == [])
    var second = next
    second["id"] = "m"
    #expect(broken(Self.contents([first, next, second])).count == 1)
  }

  @Test func eachReminderArrivesDoubledOnlyWithOneID() {
    let at = Date(timeIntervalSinceNow: -5).formatted(.iso8601)
    let reminding = Self.task("t", 1, "a", ["reminders": [["id": "r", "at": .string(at)]]])
    var contents = Self.contents([reminding])
    #expect(broken(contents).count == 1)
    let record = { (id: String) in
      TopicRecord(
        partition: 0, key: "t",
        event: ["id": .string(id), "data": ["taskId": "t", "reminderId": "r", "deliveryId": .string(id)]])
    }
    contents.reminders = [record("1"), record("1")]
    #expect(broken(contents) == [])
    contents.reminders.append(record("2"))
    #expect(broken(contents).count == 1)
    // Of what was completed nobody need be reminded.
    write(.complete, "c", .inDoubt)
    contents.reminders = []
    #expect(broken(contents).filter { $0.contains("has not arrived") } == [])
  }
}
