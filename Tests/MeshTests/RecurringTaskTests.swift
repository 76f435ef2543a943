import JSON
import Testing
import Tokens

/// What completing a task that recurs makes, seen through the API, its events and the topic.
@Suite(.timeLimit(.minutes(5))) struct RecurringTaskTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var due: String
    var zone: String
    var next: String
    /// The instant of `next`, by another program.
    var nextAt: String
    /// The date in the rule, where a gap of the zone moves `next` from it.
    var occurrence: String?
    var testDescription: String { "\(rule) from \(due)" }
  }

  /// Dates far ahead, so that they do not depend on when the test runs.
  static let cases = [
    Case(
      rule: "FREQ=DAILY", due: "2035-05-10T09:00:00", zone: "Europe/Berlin", next: "2035-05-11T09:00:00",
      nextAt: "2035-05-11T07:00:00Z"),
    Case(
      rule: "FREQ=WEEKLY;BYDAY=MO,TH", due: "2035-05-10T08:00:00", zone: "UTC", next: "2035-05-14T08:00:00",
      nextAt: "2035-05-14T08:00:00Z"),
    Case(
      rule: "FREQ=MONTHLY;BYDAY=-1FR", due: "2035-05-25T17:00:00", zone: "America/Los_Angeles",
      next: "2035-06-29T17:00:00", nextAt: "2035-06-30T00:00:00Z"),
    Case(
      rule: "FREQ=MONTHLY;BYMONTHDAY=-1", due: "2035-01-31", zone: "Asia/Tokyo", next: "2035-02-28",
      nextAt: "2035-02-27T15:00:00Z"),
    Case(
      rule: "FREQ=YEARLY", due: "2036-02-29", zone: "Asia/Kolkata", next: "2040-02-29", nextAt: "2040-02-28T18:30:00Z"),
    Case(
      rule: "FREQ=DAILY", due: "2035-03-10T02:30:00", zone: "America/New_York", next: "2035-03-11T03:30:00",
      nextAt: "2035-03-11T07:30:00Z", occurrence: "2035-03-11T02:30:00"),
  ]

  @Test func completingMakesTheNextOccurrenceWithinASecond() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    var delays: [Duration] = []
    for item in Self.cases {
      let id = try await mesh.recurring(item.rule, due: item.due, zone: item.zone)
      let done = try await mesh.complete(id)
      let answered = ContinuousClock.now
      let next = try await listener.successor(of: id, in: id).task
      delays.append(answered.duration(to: .now))
      #expect(next["due"] == .string(item.next) && next["dueAt"] == .string(item.nextAt), "\(item): \(next)")
      #expect(next["occurrence"] == .string(item.occurrence ?? item.next) && next["seriesId"] == .string(id), "\(item)")
      #expect(next["status"] == "open" && next["completedAt"] == .null && next["version"] == 1, "\(item)")
      #expect(next["title"] == done["title"] && next["tags"] == done["tags"] && next["timeZone"] == done["timeZone"])
      let nextID = try #require(next["id"]?.string)
      #expect(UUID(nextID)?.version == 5)
      #expect(try await mesh.call(.get, "/tasks/\(nextID)").body == next, "\(item)")
      // What the source notes of its successor is no version of its own.
      let kept = try await mesh.call(.get, "/tasks/\(id)")
      #expect(kept.body == done.body && kept.headers["etag"] == "\"2\"", "\(item)")
    }
    // The middle one, since a dozen meshes share this machine while tests run.
    #expect(delays.sorted()[delays.count / 2] < .seconds(1), "\(delays)")
    await listener.close()
    await mesh.discard()
  }

  @Test func anOccurrenceThatAGapOfTheZoneMovedBringsTheRulesTimeBack() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY", due: "2035-03-10T02:30:00", zone: "America/New_York")
    _ = try await mesh.complete(id)
    let moved = try #require(try await listener.successor(of: id, in: id).task["id"]?.string)
    _ = try await mesh.complete(moved)
    let next = try await listener.successor(of: moved, in: id).task
    #expect(next["due"] == "2035-03-12T02:30:00" && next["dueAt"] == "2035-03-12T06:30:00Z")
    #expect(next["occurrence"] == "2035-03-12T02:30:00" && next["seriesId"] == .string(id))
    await listener.close()
    await mesh.discard()
  }

  @Test(arguments: ["FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20350512T235959Z"])
  func aSeriesEndsWithItsRule(rule: String) async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let series = try await mesh.recurring(rule, due: "2035-05-10T09:00:00", zone: "Europe/Berlin")
    _ = try await mesh.complete(series)
    let second = try await listener.successor(of: series, in: series).task
    #expect(second["due"] == "2035-05-11T09:00:00")
    let secondID = try #require(second["id"]?.string)
    _ = try await mesh.complete(secondID)
    let third = try await listener.successor(of: secondID, in: series).task
    #expect(third["due"] == "2035-05-12T09:00:00")
    let thirdID = try #require(third["id"]?.string)
    _ = try await mesh.complete(thirdID)
    try await mesh.passTheEngine(listener)
    #expect(try mesh.members(of: series) == [series, secondID, thirdID])
    await listener.close()
    await mesh.discard()
  }

  @Test func withTheAnchorCompletionTheNextIsCountedFromTheDayItWasDone() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let zone = "Pacific/Auckland"
    let id = try await mesh.recurring(
      "FREQ=DAILY;INTERVAL=3", due: "2020-01-01T18:00:00", zone: zone, anchor: "completion")
    let completedAt = try #require(try await mesh.complete(id)["completedAt"]?.string)
    let next = try await listener.successor(of: id, in: id).task
    let completed = try shell("TZ=\(zone) date -d \(completedAt) +%F | tr -d '\\n'")
    let due = try shell("date -d '\(completed) +3 days' +%FT18:00:00 | tr -d '\\n'")
    let dueAt = try shell("date -u -d 'TZ=\"\(zone)\" \(due)' +%FT%TZ | tr -d '\\n'")
    #expect(next["due"] == .string(due) && next["dueAt"] == .string(dueAt), "completed at \(completedAt)")
    await listener.close()
    await mesh.discard()
  }

  @Test func completingADoneTaskAgainMakesNoSecond() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    let done = try await mesh.complete(id)
    let next = try await listener.successor(of: id, in: id).task
    for _ in 0..<3 { #expect(try await mesh.complete(id).body == done.body) }
    // A change of the done task is delivered to the engine like its completion.
    #expect(try await mesh.call(.patch, "/tasks/\(id)", ["notes": "Done, and noted"]).status == 200)
    try await mesh.passTheEngine(listener)
    #expect(try mesh.members(of: id) == [id, next["id"]?.string])
    await listener.close()
    await mesh.discard()
  }

  @Test func aMeshThatIsKilledRightAfterACompletionMakesExactlyOneSuccessor() async throws {
    let first = try await Mesh.start()
    var ids: [String] = []
    for _ in 0..<5 { ids.append(try await first.recurring("FREQ=DAILY")) }
    for id in ids { _ = try await first.complete(id) }
    await first.killSupervisor()
    let second = try await Mesh.start(data: first.data, portOffset: first.portOffset)
    for id in ids {
      try await until("a successor of \(id)") { try second.members(of: id).count > 1 }
    }
    let listener = try await Listener(second)
    try await second.passTheEngine(listener)
    for id in ids { #expect(try second.members(of: id).count == 2) }
    await listener.close()
    await second.discard()
  }

  @Test func reopeningTakesTheSuccessorBackAndCompletingAgainBringsItBack() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    _ = try await mesh.complete(id)
    let next = try #require(try await listener.successor(of: id, in: id).task["id"]?.string)
    #expect(try await mesh.call(.post, "/tasks/\(id)/reopen")["status"] == "open")
    #expect(try await mesh.call(.get, "/tasks/\(next)").status == 404)
    #expect(try await mesh.call(.post, "/tasks/\(next)/restore").status == 404)
    _ = try await mesh.complete(id)
    try await until("the successor is back", within: .seconds(2)) {
      try await mesh.call(.get, "/tasks/\(next)")["status"] == "open"
    }
    #expect(try mesh.members(of: id) == [id, next])
    await listener.close()
    await mesh.discard()
  }

  @Test func aClientsETagHoldsAfterTheNextWasMade() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    let etag = try #require(try await mesh.complete(id).headers["etag"])
    _ = try await listener.successor(of: id, in: id)
    let patched = try await mesh.call(.patch, "/tasks/\(id)", ["notes": "x"], headers: ["if-match": etag])
    #expect(patched.status == 200 && patched["version"] == 3)
    await listener.close()
    await mesh.discard()
  }
}

extension Mesh {
  /// Makes a task that recurs.
  func recurring(
    _ rule: String, due: String = "2035-05-10T09:00:00", zone: String = "Europe/Berlin", anchor: String = "due"
  ) async throws -> String {
    let made = try await create([
      .init("title", .string("\(rule) \(anchor)")), .init("due", .string(due)), .init("timeZone", .string(zone)),
      .init("tags", ["home"]), .init("recurrence", ["rule": .string(rule), "anchor": .string(anchor)]),
    ])
    guard made.status == 201, let id = made["id"]?.string else { throw NeverHeld(description: "\(made)") }
    return id
  }

  func complete(_ id: String) async throws -> Answer {
    let answer = try await call(.post, "/tasks/\(id)/complete")
    guard answer.status == 200 else { throw NeverHeld(description: "completed: \(answer)") }
    return answer
  }

  /// The ids of the tasks of a series, as the topic has them.
  func members(of series: String) throws -> Set<String?> {
    let tasks = try records(of: "task-events").map(\.data)
    return Set(
      tasks.filter { $0["id"] == .string(series) || $0["seriesId"] == .string(series) }.map { $0["id"]?.string })
  }

  /// Returns once recurrence-engine has done with all that was written before: it takes an owner's events in their order.
  func passTheEngine(_ listener: Listener) async throws {
    for _ in 0..<2 {
      let id = try await recurring("FREQ=YEARLY")
      _ = try await complete(id)
      _ = try await listener.successor(of: id, in: id)
    }
  }
}

extension Listener {
  /// The occurrence that follows `id`: the first task of its series that was not there when `id` was completed.
  func successor(of id: String, in series: String) async throws -> Event {
    let tasks = events("task").map(\.task)
    let known = Set(tasks.filter { $0["status"] == "done" }.map { $0["id"]?.string } + [id])
    return try await event("the successor of \(id)", "task", within: .seconds(10)) {
      $0.task["seriesId"] == .string(series) && !known.contains($0.task["id"]?.string)
    }
  }
}
