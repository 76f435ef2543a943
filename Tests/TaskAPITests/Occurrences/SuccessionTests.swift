import JSON
import Recurrence
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct SuccessionTests {
  /// A weekly task that is done, and the request of the engine for its next occurrence.
  private static func completed(_ api: APIHarness) async throws -> (id: String, request: MakeNextRequest) {
    let id = try await api.create([
      "title": "Bins", "due": "2027-03-01T07:00:00", "timeZone": "Europe/Berlin", "tags": ["home"],
      "recurrence": ["rule": "FREQ=WEEKLY"], "reminders": [["before": "PT30M"], ["at": "2027-03-01T05:00:00Z"]],
    ])
    return (id, try await complete(api, id))
  }

  private static func complete(
    _ api: APIHarness, _ id: String, due: String = "2027-03-08T07:00:00"
  ) async throws -> MakeNextRequest {
    let done = try await api.call(.post, "/tasks/\(id)/complete")
    var request = MakeNextRequest()
    request.owner = "ann"
    request.sourceID = id
    request.completedAt = try Instant(#require(done["completedAt"]?.string))
    request.due = try WallTime(due)
    return request
  }

  @Test func theNextOccurrenceIsATaskOfItsOwnWithOneIDHoweverOftenItIsAskedFor() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    #expect(made.outcome == .made && made.version == 1)
    let next = try await api.call(.get, "/tasks/\(made.id)")
    #expect(next["due"] == "2027-03-08T07:00:00" && next["occurrence"] == "2027-03-08T07:00:00")
    #expect(next["dueAt"] == "2027-03-08T06:00:00Z" && next["status"] == "open" && next["seriesId"] == .string(id))
    #expect(next["tags"] == ["home"] && next["reminders"]?.elements?.count == 1)
    let again = try await routes.make(request)
    #expect(again.outcome == .exists && again.id == made.id)
    // The source keeps its version, and tells nobody.
    #expect(try await api.call(.get, "/tasks/\(id)")["version"] == 2)
    #expect(try api.events.map(\.task.id) == [id, id, made.id])
    await api.journal.kill()
  }

  @Test func onlyThatVeryCompletionOfThatOwnerMakesOne() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    var wrong = request
    wrong.completedAt = request.completedAt?.adding(seconds: 1)
    #expect(try await routes.make(wrong).outcome == .sourceChanged)
    wrong = request
    wrong.owner = "bob"
    #expect(try await routes.make(wrong).outcome == .sourceChanged)
    _ = try await api.call(.post, "/tasks/\(id)/reopen")
    #expect(try await routes.make(request).outcome == .sourceChanged)
    await api.journal.kill()
  }

  @Test func reopeningTakesTheSuccessorBackAndCompletingAgainBringsItBackWithItsDateAnew() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    #expect(try await api.call(.post, "/tasks/\(id)/reopen").status == 200)
    #expect(try await api.call(.get, "/tasks/\(made.id)").status == 404)
    #expect(try await api.call(.post, "/tasks/\(made.id)/restore").status == 404)
    #expect(try api.events.last?.task.deletedAt != nil)
    let restored = try await routes.make(try await Self.complete(api, id, due: "2027-03-15T07:00:00"))
    #expect(restored.outcome == .restored && restored.id == made.id && restored.version == 3)
    #expect(try await api.call(.get, "/tasks/\(made.id)")["due"] == "2027-03-15T07:00:00")
    await api.journal.kill()
  }

  @Test func aSuccessorThatSomeoneHasChangedStaysWhenItsSourceIsReopened() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    _ = try await api.call(.patch, "/tasks/\(made.id)", ["notes": "Both bins"])
    _ = try await api.call(.patch, "/tasks/\(id)", ["status": "open"])
    #expect(try await api.call(.get, "/tasks/\(made.id)").status == 200)
    #expect(try await routes.make(try await Self.complete(api, id)).outcome == .exists)
    await api.journal.kill()
  }

  @Test func aSuccessorThatIsGoneForGoodIsNotMadeAgain() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    api.journal.store.state.withLock { $0.values[TaskKeys.task(made.id)] = nil }
    let again = try await routes.make(request)
    #expect(again.outcome == .exists && again.id == made.id && again.version == 1)
    #expect(try await api.call(.get, "/tasks/\(made.id)").status == 404)
    #expect(try api.events.map(\.task.id) == [id, id, made.id])
    await api.journal.kill()
  }

  /// Without it: the one made again has a version below that of the purged one, and nobody takes it.
  @Test func aWithdrawnSuccessorThatIsGoneForGoodIsMadeAgainAboveItsLastVersion() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    _ = try await api.call(.post, "/tasks/\(id)/reopen")
    let withdrawn = try #require(try api.events.last)
    #expect(withdrawn.task.id == made.id && withdrawn.task.version == 2)
    api.journal.store.state.withLock { $0.values[TaskKeys.task(made.id)] = nil }
    let again = try await routes.make(try await Self.complete(api, id, due: "2027-04-19T07:00:00"))
    #expect(again.outcome == .made && again.id == made.id && again.version == 3)
    #expect(try await api.call(.get, "/tasks/\(made.id)")["due"] == "2027-04-19T07:00:00")
    await api.journal.kill()
  }

  @Test func aSuccessorThatWasDeletedAndIsGoneIsNotMadeAgainByReopeningItsSource() async throws {
    let api = try await APIHarness()
    let (id, request) = try await Self.completed(api)
    let routes = OccurrenceRoutes(writer: api.writer)
    let made = try await routes.make(request)
    _ = try await api.call(.delete, "/tasks/\(made.id)")
    _ = try await api.call(.post, "/tasks/\(id)/reopen")
    #expect(try await routes.make(try await Self.complete(api, id)).outcome == .exists, "as long as it is in the trash")
    api.journal.store.state.withLock { $0.values[TaskKeys.task(made.id)] = nil }
    _ = try await api.call(.post, "/tasks/\(id)/reopen")
    #expect(try await routes.make(try await Self.complete(api, id)).outcome == .exists, "nor afterwards")
    await api.journal.kill()
  }
}
