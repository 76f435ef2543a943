import HTTP2Transport
import JSON
import Recurrence
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct ImportRouteTests {
  private func send(
    _ api: APIHarness, _ type: String, _ text: String, headers: HTTPHeaders = [:]
  ) async throws -> APIHarness.Answer {
    var headers = headers
    headers["content-type"] = type
    return try await api.send(.post, "/import", Array(text.utf8), headers: headers)
  }

  private func calendar(_ todos: String...) -> String {
    let bodies = todos.map { "BEGIN:VTODO\r\n\($0)\r\nEND:VTODO" }.joined(separator: "\r\n")
    return "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Garden\r\n\(bodies)\r\nEND:VCALENDAR\r\n"
  }

  @Test(arguments: ["text/plain", "text/x-todotxt", "text/plain; charset=utf-8"])
  func aTodoTxtFileBecomesTasksAndWhatCannotBeReadIsSaidByLine(type: String) async throws {
    let api = try await APIHarness()
    let answer = try await send(
      api, type,
      """
      (A) 2026-12-01 Pay rent +home @bank due:2027-01-01
      x 2026-12-03 2026-12-02 Call Mum
      Fix bike due:2026-02-30
      \(String(repeating: "long ", count: 120))

      Last
      """)
    #expect(answer.status == 200 && answer["imported"] == 3)
    #expect(answer["rejected"]?.elements?.map { $0["line"]?.int } == [3, 4])
    #expect(answer["rejected"]?[1]?["detail"]?.string?.hasPrefix("title: 1 to 500 characters") == true)
    let tasks = try api.events.map(\.task)
    let rent = try #require(tasks.first { $0.title == "Pay rent" })
    #expect(rent.priority == .high && rent.tags == ["home", "bank"] && rent.due?.description == "2027-01-01")
    #expect(rent.createdAt.description == "2026-12-01T00:00:00Z" && rent.version == 1)
    let call = try #require(tasks.first { $0.title == "Call Mum" })
    #expect(call.status == .done && call.completedAt?.description == "2026-12-03T00:00:00Z")
    let token = try ConsistencyToken(#require(answer.headers["consistency-token"]), owner: "ann")
    #expect(Set(token.consistency.tasks.map(\.id)) == Set(tasks.map(\.id)) && tasks.count == 3)
    await api.journal.kill()
  }

  @Test func aCalendarsTasksLieInAListOfItsNameWithRuleAlarmAndZone() async throws {
    let api = try await APIHarness()
    let answer = try await send(
      api, "text/calendar",
      calendar(
        """
        UID:1\r\nSUMMARY:Water\r\nDUE;TZID=Europe/Berlin:20270301T090000\r\nRRULE:FREQ=WEEKLY\r
        BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM
        """, "UID:2\r\nSUMMARY:Prune\r\nRELATED-TO:1", "UID:3\r\nSUMMARY:Gone\r\nSTATUS:CANCELLED"))
    #expect(answer["imported"] == 2)
    #expect(answer["rejected"] == [["line": 17, "detail": "The VTODO is STATUS:CANCELLED."]])
    let tasks = try api.events.map(\.task)
    let water = try #require(tasks.first { $0.title == "Water" })
    #expect(water.list == "Garden" && water.timeZone == "Europe/Berlin")
    #expect(water.dueAt?.description == "2027-03-01T08:00:00Z" && water.recurrence?.rule == "FREQ=WEEKLY")
    #expect(try water.reminders.map(\.time) == [.before(ISODuration("PT15M"))])
    #expect(tasks.first { $0.title == "Prune" }?.parent == water.id)
    await api.journal.kill()
  }

  @Test func aUIDThatWasImportedBeforeUpdatesItsTaskAndAnotherOwnersIsAnother() async throws {
    let api = try await APIHarness()
    let file = calendar(
      "UID:1\r\nSUMMARY:One\r\nDUE:20270301T090000Z\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM",
      "UID:2\r\nSUMMARY:Two\r\nCATEGORIES:a")
    let first = try await send(api, "text/calendar", file)
    let ids = Set(try api.events.map(\.task.id))
    #expect(first["imported"] == 2 && ids.count == 2)
    let second = try await send(api, "text/calendar", file)
    #expect(second["imported"] == 2 && second.headers["consistency-token"] == first.headers["consistency-token"])
    #expect(try api.events.count == 2, "nothing has changed")
    let third = try await send(api, "text/calendar", calendar("UID:2\r\nSUMMARY:Two more"))
    #expect(third["imported"] == 1)
    let last = try #require(api.events.last?.task)
    #expect(ids.contains(last.id) && last.title == "Two more" && last.tags == [] && last.version == 2)
    _ = try await api.call(.delete, "/tasks/\(last.id)")
    _ = try await send(api, "text/calendar", file)
    #expect(try await api.call(.get, "/tasks/\(last.id)")["title"] == "Two")
    #expect(try await api.call(.get, "/tasks/\(last.id)", owner: "bob").status == 404)
    await api.journal.kill()
  }

  @Test func aCompletionHereStandsUnlessTheFileIsNewer() async throws {
    let api = try await APIHarness()
    // The harness's clock stands in January 2027.
    let old = calendar("UID:1\r\nSUMMARY:One\r\nLAST-MODIFIED:20260101T000000Z")
    _ = try await send(api, "text/calendar", old)
    let id = try #require(api.events.first?.task.id)
    _ = try await api.call(.post, "/tasks/\(id)/complete")
    _ = try await send(api, "text/calendar", old)
    #expect(try await api.call(.get, "/tasks/\(id)")["status"] == "done")
    _ = try await send(api, "text/calendar", calendar("UID:1\r\nSUMMARY:One\r\nLAST-MODIFIED:20280101T000000Z"))
    #expect(try await api.call(.get, "/tasks/\(id)")["status"] == "open")
    await api.journal.kill()
  }

  @Test func manyTasksShareTransactionsAndOneMarkCoversThem() async throws {
    let api = try await APIHarness()
    let answer = try await send(api, "text/plain", (1...1200).map { "Task \($0)" }.joined(separator: "\n"))
    #expect(answer["imported"] == 1200 && answer["rejected"] == [])
    #expect(api.journal.transactions.count < 200)
    let token = try ConsistencyToken(#require(answer.headers["consistency-token"]), owner: "ann")
    let last = try #require(api.journal.topic.state.withLock { $0.events.last })
    #expect(try TaskTopicRecord(json: last.body.span) == .marker(MarkerEvent(marker: token.consistency.marker)))
    await api.journal.kill()
  }

  @Test func aRepeatUnderItsKeyMakesNoSecondTasks() async throws {
    let api = try await APIHarness()
    let text = (1...12).map { "Task \($0)" }.joined(separator: "\n") + "\nbad due:2027-02-30"
    let first = try await send(api, "text/plain", text, headers: ["idempotency-key": "k"])
    let records = api.journal.store.state.withLock { $0.values.keys.filter { $0.hasPrefix("idempotency/") } }
    #expect(first["imported"] == 12 && records.count == 12 && records.allSatisfy { $0.contains("/") })
    let second = try await send(api, "text/plain", text, headers: ["idempotency-key": "k"])
    #expect(second.body == first.body)
    #expect(try api.events.count == 12)
    #expect(try await send(api, "text/plain", "Other", headers: ["idempotency-key": "k"]).status == 422)
    await api.journal.kill()
  }

  @Test(arguments: ["application/json", "text/csv", "text/html", ""])
  func anotherTypeIsRefusedWithThoseThatAreTaken(type: String) async throws {
    let api = try await APIHarness()
    let answer = try await send(api, type, "a")
    #expect(answer.status == 415)
    let detail = try #require(answer["detail"]?.string)
    #expect(["text/calendar", "text/plain", "text/x-todotxt"].allSatisfy(detail.contains))
    await api.journal.kill()
  }

  @Test func aFileOfAnotherKindIsRefusedAsAWhole() async throws {
    let api = try await APIHarness()
    let answer = try await send(api, "text/calendar", String(repeating: "no colon\n", count: 10_001))
    #expect(answer.status == 422 && answer["detail"]?.string?.contains("Content-Type") == true)
    #expect(api.journal.topic.keys.isEmpty)
    await api.journal.kill()
  }

  @Test func whileNothingCanBeWrittenTheImportIsRefused() async throws {
    let api = try await APIHarness()
    api.journal.topic.state.withLock { $0.failures = 1_000_000 }
    let doubted = Task { try await api.call(.post, "/tasks", ["title": "Stored"]) }
    try await until("the publish has failed") { !api.journal.writer.isWritable }
    let answer = try await send(api, "text/plain", "One\nTwo")
    #expect(answer.status == 503 && answer.headers["retry-after"] == "1")
    await api.journal.pass(.seconds(5))
    _ = try await doubted.value
    await api.journal.kill()
  }
}
