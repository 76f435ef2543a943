import DaprClient
import JSON
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct TaskWriteTests {
  @Test func everyChangeIsAVersionWithItsHistoryAndItsEventInTheOwnersPartition() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    let patched = try await api.call(.patch, "/tasks/\(id)", ["title": "Water them", "tags": ["home"]])
    #expect(patched.status == 200 && patched["version"] == 2 && patched.headers["etag"] == "\"2\"")
    let history = try #require(api.journal.store["history/\(id)/2"])
    let changes = try #require(try JSONValue(parsing: Array(history.utf8))["changes"]?.elements)
    #expect(changes.map { $0["field"]?.string } == ["title", "tags"])
    #expect(changes[0]["from"] == "Water the plants" && changes[0]["to"] == "Water them")
    #expect(try api.events.map(\.task.version) == [1, 2])
    let sent = api.journal.topic.state.withLock { $0.events }
    #expect(sent.allSatisfy { $0.partitionKey == id && $0.partition == OwnerPartition.of("ann") })
    await api.journal.kill()
  }

  @Test func theLast200VersionsOfTheHistoryAreKept() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    for version in 2...202 { _ = try await api.call(.patch, "/tasks/\(id)", ["title": .string("Title \(version)")]) }
    #expect(api.journal.store["history/\(id)/1"] == nil && api.journal.store["history/\(id)/2"] == nil)
    #expect(api.journal.store["history/\(id)/3"] != nil && api.journal.store["history/\(id)/202"] != nil)
    await api.journal.kill()
  }

  @Test func aRepeatThatComesWhileTheFirstRunsWaitsForItsAnswer() async throws {
    let api = try await APIHarness()
    api.journal.store.state.withLock { $0.isGated = true }
    let answers = try await withThrowingTaskGroup { group in
      for _ in 0..<5 {
        group.addTask { try await api.call(.post, "/tasks", ["title": "Once"], headers: ["idempotency-key": "k"]) }
      }
      try await until("the first is under way") { api.journal.store.state.withLock { $0.gate.count } == 1 }
      await api.journal.pass(.milliseconds(250))
      api.journal.store.openGate()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count == 5 && answers.allSatisfy { $0 == answers[0] } && answers[0].status == 201)
    #expect(answers[0].headers["consistency-token"] != nil)
    #expect(api.journal.topic.keys.count == 1)
    let other = try await api.call(.post, "/tasks", ["title": "Twice"], headers: ["idempotency-key": "k"])
    #expect(other.status == 422)
    let another = try await api.call(
      .post, "/tasks", ["title": "Twice"], owner: "bob", headers: ["idempotency-key": "k"])
    #expect(another.status == 201)
    await api.journal.kill()
  }

  /// Deleted by another replica, whose answer was lost: its transaction commits while the repeat is read for.
  @Test func aRepeatWhoseFirstAttemptLandsMeanwhileIsAnsweredAsTheFirst() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    let store = api.journal.store
    let before = store.state.withLock { $0.values }
    #expect(try await api.call(.delete, "/tasks/\(id)", headers: ["idempotency-key": "k"]).status == 204)
    store.state.withLock { state in
      state.afterNextRead = state.values
      // The journal's own records stay as they are.
      state.values = state.values.filter { !$0.key.hasPrefix("task/") && !$0.key.hasPrefix("idempotency/") }
        .merging(before.filter { $0.key.hasPrefix("task/") }) { $1 }
    }
    #expect(try await api.call(.delete, "/tasks/\(id)", headers: ["idempotency-key": "k"]).status == 204)
    await api.journal.kill()
  }

  @Test func changesOfOneTaskAtOnceAllTakePlace() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    try await withThrowingTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          let answer = try await api.call(.patch, "/tasks/\(id)", ["title": .string("Title \(number)")])
          #expect(answer.status == 200)
        }
      }
      try await group.waitForAll()
    }
    #expect(try await api.call(.get, "/tasks/\(id)")["version"] == 21)
    #expect(try api.events.map(\.task.version) == Array(1...21))
    await api.journal.kill()
  }

  @Test func aChangeOfAnotherProcessInBetweenIsDecidedAnew() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    api.journal.store.state.withLock { $0.isGated = true }
    async let plain = api.call(.patch, "/tasks/\(id)", ["title": "Mine"])
    try await until("it is under way") { api.journal.store.state.withLock { $0.gate.count } == 1 }
    var theirs = try StoredTask(json: Array(#require(api.journal.store["task/\(id)"]).utf8).span)
    theirs.task.version = 2
    theirs.task.list = "theirs"
    api.journal.store.put("task/\(id)", theirs.json)
    api.journal.store.openGate()
    let answer = try await plain
    #expect(answer.status == 200 && answer["version"] == 3)
    #expect(answer["list"] == "theirs" && answer["title"] == "Mine")
    let stale = try await api.call(.patch, "/tasks/\(id)", ["title": "Late"], headers: ["if-match": "\"2\""])
    #expect(stale.status == 412)
    await api.journal.kill()
  }

  @Test func aDeletedTaskIsGoneForItsOwnerUntilItIsRestored() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    let deleted = try await api.call(.delete, "/tasks/\(id)")
    #expect(deleted.status == 204 && deleted.headers["consistency-token"] != nil)
    #expect(try await api.call(.delete, "/tasks/\(id)").status == 404)
    #expect(try await api.call(.get, "/tasks/\(id)").status == 404)
    let operation = try #require(api.journal.transactions.last?.first { $0.key == "task/\(id)" })
    #expect(operation.timeToLive == 31 * 86_400)
    #expect(try await api.call(.post, "/tasks/\(id)/restore", owner: "bob").status == 404)
    let restored = try await api.call(.post, "/tasks/\(id)/restore")
    #expect(restored.status == 200 && restored["deletedAt"] == .null && restored["version"] == 3)
    #expect(api.journal.transactions.last?.first { $0.key == "task/\(id)" }?.timeToLive == nil)
    await api.journal.kill()
  }

  @Test func whileEventsCannotBePublishedWritesAreRefusedAndReadsGoOn() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    api.journal.topic.state.withLock { $0.failures = 1_000_000 }
    let doubted = Task { try await api.call(.post, "/tasks", ["title": "Stored"]) }
    try await until("the publish has failed") { !api.journal.writer.isWritable }
    let refused = try await api.call(.post, "/tasks", ["title": "Refused"])
    #expect(refused.status == 503 && refused.headers["retry-after"] == "1" && refused["type"] == "about:blank")
    #expect(try await api.call(.get, "/tasks/\(id)").status == 200)
    await api.journal.pass(.seconds(5))
    let answer = try await doubted.value
    #expect(answer.status == 503 && answer["type"] == "in-doubt")
    await api.journal.kill()
  }
}
