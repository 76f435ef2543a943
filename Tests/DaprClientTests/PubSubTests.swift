import HTTP2Transport
import JSON
import Synchronization
import Testing

@testable import DaprClient

@Suite struct PubSubTests {
  private func event(_ n: Int, key: String? = nil) -> OutgoingEvent {
    OutgoingEvent(Array("{\"id\":\"\(n)\",\"data\":\(n)}".utf8), partitionKey: key ?? "task-\(n)", partition: 41)
  }

  private static func numbers(_ request: HTTPRequest) -> [Int] {
    let entries = (try? JSONValue(parsing: request.body))?.elements ?? []
    return entries.compactMap { $0["event"]?["data"]?.int }
  }

  private static func failing(_ entries: Int...) -> HTTPResponse {
    let failed = entries.map { "{\"entryId\":\"\($0)\",\"error\":\"leader away\"}" }.joined(separator: ",")
    return .json(
      Array("{\"failedEntries\":[\(failed)],\"errorCode\":\"ERR_PUBSUB_PUBLISH_MESSAGE\"}".utf8), status: 500)
  }

  @Test func oneEventCarriesItsMetadataInTheQuery() async throws {
    let sidecar = try await ScriptedSidecar { _ in .done }
    let pubsub = sidecar.client.pubsub("pubsub")
    try await pubsub.publish(event(1, key: "a b&c"), to: "task-events")
    try await pubsub.publish(
      OutgoingEvent(Array("null".utf8), contentType: "application/json", partitionKey: "k", partition: 3),
      to: "task-events",
      isRaw: true)
    #expect(
      sidecar.asked.map(\.target) == [
        "/v1.0/publish/pubsub/task-events?metadata.partitionKey=a%20b%26c&metadata.partitionNumber=41",
        "/v1.0/publish/pubsub/task-events?metadata.partitionKey=k&metadata.partitionNumber=3&metadata.rawPayload=true",
      ])
    #expect(sidecar.asked.map { $0.headers["content-type"] } == ["application/cloudevents+json", "application/json"])
  }

  @Test func manyEventsCarryTheirMetadataAsStrings() async throws {
    let sidecar = try await ScriptedSidecar { _ in .done }
    #expect(try await sidecar.client.pubsub("pubsub").publish(all: [event(7), event(8)], to: "task-events") == [:])
    #expect(sidecar.asked.first?.target == "/v1.0/publish/bulk/pubsub/task-events")
    let expected = #"""
      [{"entryId":"0","event":{"id":"7","data":7},"contentType":"application/cloudevents+json",
        "metadata":{"partitionKey":"task-7","partitionNumber":"41"}},
       {"entryId":"1","event":{"id":"8","data":8},"contentType":"application/cloudevents+json",
        "metadata":{"partitionKey":"task-8","partitionNumber":"41"}}]
      """#
    #expect(sidecar.body == (try JSONValue(parsing: Array(expected.utf8))))
  }

  @Test func failedEntriesAreNamedAndAnyOtherEndThrows() async throws {
    let partial = try await ScriptedSidecar { _ in Self.failing(1) }
    let failed = try await partial.client.pubsub("p").publish(all: [event(0), event(1), event(2)], to: "t")
    #expect(failed == [1: "leader away"])
    for answer in [
      HTTPResponse.error(500, "ERR_PUBSUB_PUBLISH_MESSAGE", "x"), Self.failing(9), HTTPResponse(status: 200),
      .json(Array(#"{"failedEntries":[]}"#.utf8), status: 500),
    ] {
      let sidecar = try await ScriptedSidecar { _ in answer }
      await #expect(throws: DaprError.self) { try await sidecar.client.pubsub("p").publish(all: [event(0)], to: "t") }
    }
  }

  @Test func aPublisherRepeatsWhatFailedAndAllAfterAnyOtherEnd() async throws {
    let answers = Answers(.error(500, "ERR_PUBSUB_PUBLISH_MESSAGE", "circuit breaker is open"), Self.failing(0), .done)
    let sidecar = try await ScriptedSidecar { _ in answers.next() }
    let pauses = Mutex<[(attempt: Int, wasFailing: Bool)]>([])
    let box = Mutex<EventPublisher?>(nil)
    let publisher = EventPublisher(sidecar.client.pubsub("p"), topic: "t", executor: nil) { attempt in
      pauses.withLock { $0.append((attempt, box.withLock { $0?.isFailing } ?? false)) }
    }
    box.withLock { $0 = publisher }
    #expect(!publisher.isFailing)
    try await publisher.publish(event(5), owner: "a")
    #expect(sidecar.asked.map(Self.numbers) == [[5], [5], [5]])
    #expect(pauses.withLock { $0.map(\.attempt) } == [1, 2])
    #expect(pauses.withLock { $0.allSatisfy(\.wasFailing) })
    #expect(!publisher.isFailing)
    box.withLock { $0 = nil }
  }

  @Test func aTasksVersionsArePublishedOneAfterAnother() async throws {
    let running = Mutex<Set<Int>>([])
    let sidecar = try await ScriptedSidecar { request in
      let tasks = Self.numbers(request).map { $0 / 100 }
      running.withLock { running in
        for task in tasks { #expect(running.insert(task).inserted, "task \(task) is published twice at a time") }
      }
      for _ in 0..<20 { await Task.yield() }
      running.withLock { running in for task in tasks { running.remove(task) } }
      return .done
    }
    let publisher = EventPublisher(sidecar.client.pubsub("p"), topic: "t", executor: nil)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for n in 0..<300 {
        group.addTask { try await publisher.publish(event(n % 10 * 100 + n / 10, key: "task-\(n % 10)"), owner: "a") }
      }
      try await group.waitForAll()
    }
    let published = sidecar.asked.flatMap(Self.numbers).sorted()
    var expected: [Int] = []
    for task in 0..<10 { for version in 0..<30 { expected.append(task * 100 + version) } }
    #expect(published == expected)
    await publisher.drain()
  }

  @Test func aBadEventFailsAloneAndTheOthersArePublished() async throws {
    let gate = Gate()
    let sidecar = try await ScriptedSidecar { request in
      await gate.pass()
      return Self.numbers(request).contains(13) ? .error(400, "ERR_PUBSUB_EVENTS_SER", "bad entry") : .done
    }
    let publisher = EventPublisher(sidecar.client.pubsub("p"), topic: "t", executor: nil)
    let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
      for n in 0..<20 {
        group.addTask {
          do {
            try await publisher.publish(event(n), owner: "a")
            return (n, true)
          } catch {
            #expect((error as? DaprError)?.kind == .refused)
            return (n, false)
          }
        }
      }
      await gate.open()
      return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    #expect(outcomes.filter { !$0.value }.map(\.key) == [13])
    #expect(outcomes.count == 20)
  }

  @Test func shuttingDownEndsTheRepetitions() async throws {
    let sidecar = try await ScriptedSidecar { _ in .error(500, "ERR_PUBSUB_PUBLISH_MESSAGE", "away") }
    let gate = Gate()
    let publisher = EventPublisher(sidecar.client.pubsub("p"), topic: "t", executor: nil) { _ in
      await gate.open()
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      defer { continuation.finish() }
      for await _ in stream {}
      try Task.checkCancellation()
    }
    let publishing = Task { try await publisher.publish(event(1), owner: "a") }
    await gate.pass()
    #expect(publisher.isFailing)
    await publisher.shutDown()
    await #expect(throws: CancellationError.self) { try await publishing.value }
    await publisher.drain()
  }
}

/// Lets nobody pass until it is opened.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    if !isOpen { await withCheckedContinuation { waiting.append($0) } }
  }

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}
