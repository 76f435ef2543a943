import JSON
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct BatchTests {
  private static func batch(_ operations: [JSONValue]) -> JSONValue { ["operations": .array(operations)] }

  @Test func resultsComeInOrderAndOperationsOfOneTaskGoInTheirOrder() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    let answer = try await api.call(
      .post, "/tasks/batch",
      Self.batch([
        ["op": "update", "id": .string(id), "patch": ["title": "Second"], "ifMatch": "\"1\""],
        ["op": "create", "task": ["title": "New"]],
        ["op": "update", "id": .string(id), "patch": ["title": "Stale"], "ifMatch": "\"1\""],
        ["op": "complete", "id": .string(id)],
        ["op": "delete", "id": .string(id)],
        ["op": "reopen", "id": .string(id)],
        ["op": "restore", "id": .string(id)],
      ]))
    let results = try #require(answer["results"]?.elements)
    #expect(answer.status == 200 && results.map { $0["status"]?.int } == [200, 201, 412, 200, 204, 404, 200])
    #expect(results[0]["task"]?["version"] == 2 && results[1]["task"]?["title"] == "New")
    #expect(results[4]["task"] == nil && results[2]["problem"]?["status"] == 412)
    #expect(results[6]["task"]?["status"] == "done" && results[6]["task"]?["version"] == 5)
    await api.journal.kill()
  }

  @Test func whatIsWrongWithOneOperationIsItsOwnResult() async throws {
    let api = try await APIHarness()
    let answer = try await api.call(
      .post, "/tasks/batch",
      Self.batch([
        ["op": "create", "task": ["title": "", "colour": "red"]], ["op": "paint"], ["op": "create"],
        ["op": "complete"], ["op": "complete", "id": "nobody"], ["op": "create", "task": ["title": "Fine"]],
        ["op": "create", "task": ["title": "x"], "extra": 1], 7,
        ["op": "update", "id": "x", "patch": ["priority": "huge"]],
      ]))
    let results = try #require(answer["results"]?.elements)
    #expect(results.map { $0["status"]?.int } == [422, 422, 422, 422, 404, 201, 422, 422, 422])
    func pointers(_ index: Int) -> [String?] {
      results[index]["problem"]?["errors"]?.elements?.map { $0["pointer"]?.string } ?? []
    }
    #expect(Set(pointers(0)) == ["/operations/0/task/title", "/operations/0/task/colour"])
    #expect(pointers(1) == ["/operations/1/op"] && pointers(2) == ["/operations/2/task"])
    #expect(pointers(3) == ["/operations/3/id"] && pointers(6) == ["/operations/6/extra"])
    #expect(pointers(7) == ["/operations/7"] && pointers(8) == ["/operations/8/patch/priority"])
    await api.journal.kill()
  }

  @Test func whatIsWrongWithTheWholeIsRefused() async throws {
    let api = try await APIHarness()
    let many = Self.batch(Array(repeating: ["op": "create", "task": ["title": "x"]], count: 501))
    for (body, status, pointer) in [
      (many.bytes, 422, "/operations"), (Array("{}".utf8), 422, "/operations"), (Array("[]".utf8), 422, ""),
      (Array(#"{"operations": {}}"#.utf8), 422, "/operations"), (Array(#"{"operation": []}"#.utf8), 422, "/operation"),
      (Array(#"{"operations": [{"op":"create","task":{"title":"x","title":"y"}}]}"#.utf8), 400, "/operations/0/task"),
    ] {
      let answer = try await api.send(.post, "/tasks/batch", body)
      #expect(answer.status == status)
      let found = answer["errors"]?[0]?["pointer"]?.string
      #expect(found?.hasPrefix(pointer) == true, "\(found ?? "no pointer") for \(pointer)")
    }
    #expect(api.journal.topic.keys.isEmpty)
    await api.journal.kill()
  }

  @Test func aHundredCreatesShareTransactionsAndAreCoveredByOneMark() async throws {
    let api = try await APIHarness()
    let answer = try await api.call(
      .post, "/tasks/batch",
      Self.batch((0..<100).map { ["op": "create", "task": ["title": .string("Task \($0)")]] }))
    #expect(answer["results"]?.elements?.map { $0["task"]?["title"] } == (0..<100).map { .string("Task \($0)") })
    #expect(api.journal.transactions.count < 20)
    let token = try ConsistencyToken(#require(answer.headers["consistency-token"]), owner: "ann")
    let last = try #require(api.journal.topic.state.withLock { $0.events.last })
    #expect(try TaskTopicRecord(json: last.body.span) == .marker(MarkerEvent(marker: token.consistency.marker)))
    #expect(last.partition == OwnerPartition.of("ann") && last.partitionKey?.hasPrefix("marker/") == true)
    await api.journal.kill()
  }

  @Test func aRepeatUnderItsKeyDoesWhatIsMissingAndAnswersAsTheFirstWouldHave() async throws {
    let api = try await APIHarness()
    let body = Self.batch((0..<12).map { ["op": "create", "task": ["title": .string("Task \($0)")]] })
    let first = try await api.call(.post, "/tasks/batch", body, headers: ["idempotency-key": "k"])
    #expect(first.status == 200)
    let keys = api.journal.store.state.withLock { $0.values.keys.filter { $0.hasPrefix("idempotency/") } }
    #expect(keys.count == 12)
    let second = try await api.call(.post, "/tasks/batch", body, headers: ["idempotency-key": "k"])
    #expect(second.body == first.body)
    #expect(api.journal.store.state.withLock { $0.values.keys.filter { $0.hasPrefix("task/") }.count } == 12)
    let lost = try #require(keys.first { $0.hasSuffix("/7") })
    api.journal.store.state.withLock { $0.values[lost] = nil }
    let third = try await api.call(.post, "/tasks/batch", body, headers: ["idempotency-key": "k"])
    #expect(third["results"]?[6] == first["results"]?[6] && third["results"]?[7]?["status"] == 201)
    #expect(third["results"]?[7]?["task"]?["id"] != first["results"]?[7]?["task"]?["id"])
    for other in [Self.batch([]), Self.batch([["op": "create", "task": ["title": "Other"]]])] {
      #expect(try await api.call(.post, "/tasks/batch", other, headers: ["idempotency-key": "k"]).status == 422)
    }
    await api.journal.kill()
  }
}
