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
