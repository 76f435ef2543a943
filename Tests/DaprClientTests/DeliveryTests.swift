import EventLoop
import HTTP2Transport
import JSON
import Synchronization
import Testing

@testable import DaprClient

@Suite struct DeliveryTests {
  private func serve(
    _ configure: (inout DaprSubscriptions, inout Router) -> Void
  ) async throws -> @Sendable (HTTPRequest) async throws -> HTTPClientResponse {
    var router = Router()
    var subscriptions = DaprSubscriptions()
    configure(&subscriptions, &router)
    subscriptions.install(in: &router)
    let server = try await HTTPServer.start(on: EventLoop(name: "app"), port: 0, service: router)
    let client = HTTPClient(loop: EventLoop(name: "daprd"), port: server.port)
    return { request in
      _ = server
      return try await client.send(request, deadline: .seconds(10))
    }
  }

  private func text(_ response: HTTPClientResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  @Test func theDeclarationNamesRoutesAndBulk() async throws {
    let call = try await serve { subscriptions, _ in
      subscriptions.add(Subscription(pubsub: "pubsub", topic: "a", route: "/on-a")) { $0.map { _ in .success } }
      subscriptions.add(
        Subscription(
          pubsub: "pubsub", topic: "b", route: "/on-b", bulk: .init(maximumMessages: 50, maximumWait: .milliseconds(20))
        )
      ) { $0.map { _ in .success } }
    }
    let response = try await call(HTTPRequest(.get, "/dapr/subscribe"))
    #expect(response.status == 200)
    #expect(
      text(response) == #"[{"pubsubname":"pubsub","topic":"a","route":"/on-a"},"#
        + #"{"pubsubname":"pubsub","topic":"b","route":"/on-b","#
        + #""bulkSubscribe":{"enabled":true,"maxMessagesCount":50,"maxAwaitDurationMs":20}}]"#)
    #expect(try await call(HTTPRequest(.get, "/dapr/config")).status == 404)
  }

  @Test func oneEventIsReadWithItsMetadata() async throws {
    let seen = Mutex<[Delivery]>([])
    let call = try await serve { subscriptions, _ in
      subscriptions.add(Subscription(pubsub: "pubsub", topic: "a", route: "/on-a")) { deliveries in
        seen.withLock { $0 += deliveries }
        return deliveries.map { $0.content == .tombstone ? .drop : .retry }
      }
    }
    let body =
      #"{"data":{"n": 9007199254740993},"id":"t:3","source":"task-api","specversion":"1.0","type":"task.changed","x":1}"#
    let first = try await call(
      HTTPRequest(
        .post, "/on-a",
        headers: [
          "content-type": "application/cloudevents+json", "__key": "t", "__partition": "5", "__offset": "77",
          "__topic": "a",
        ], body: Array(body.utf8)))
    #expect(text(first) == #"{"status":"RETRY"}"#)
    let second = try await call(HTTPRequest(.post, "/on-a", headers: ["__key": "t"], body: Array("null".utf8)))
    #expect(text(second) == #"{"status":"DROP"}"#)
    _ = try await call(HTTPRequest(.post, "/on-a", body: Array("[1]".utf8)))
    let deliveries = seen.withLock { $0 }
    guard case .event(let event) = deliveries[0].content, case .unreadable = deliveries[2].content else {
      Issue.record("\(deliveries)")
      return
    }
    #expect(event.id == "t:3" && event.source == "task-api" && event.type == "task.changed")
    #expect(event.data == Array(#"{"n": 9007199254740993}"#.utf8))
    #expect(
      deliveries[0].key == "t" && deliveries[0].partition == 5 && deliveries[0].offset == 77
        && deliveries[0].topic == "a")
    #expect(deliveries[1].key == "t" && deliveries[1].partition == nil)
  }

  @Test func everyEntryOfABatchGetsItsStatus() async throws {
    let call = try await serve { subscriptions, _ in
      subscriptions.add(Subscription(pubsub: "pubsub", topic: "b", route: "/on-b", bulk: .init())) { deliveries in
        // Says nothing of the last.
        deliveries.dropLast().map { delivery in
          switch delivery.content {
          case .event(let event): event.id == "1" && delivery.key == "k1" ? .success : .retry
          case .tombstone: delivery.key == "k2" ? .success : .retry
          case .unreadable: .drop
          }
        }
      }
    }
    let batch = #"""
      {"id":"b","type":"com.dapr.event.sent.bulk","topic":"b","metadata":{"pubsubName":"pubsub"},"entries":[
        {"entryId":"0","event":{"id":"1","data":{}},"metadata":{"__key":"k1","__offset":"1"},"contentType":"x"},
        {"entryId":"1","event":null,"metadata":{"__key":"k2"}}, {"entryId":"2","event":"AAAA","metadata":null},
        {"entryId":"3","event":{"id":"4","data":{}}}]}
      """#
    let response = try await call(HTTPRequest(.post, "/on-b", body: Array(batch.utf8)))
    #expect(
      text(response) == #"{"statuses":[{"entryId":"0","status":"SUCCESS"},{"entryId":"1","status":"SUCCESS"},"#
        + #"{"entryId":"2","status":"DROP"},{"entryId":"3","status":"RETRY"}]}"#)
    #expect(try await call(HTTPRequest(.post, "/on-b", body: Array("{".utf8))).status == 400)
  }

  @Test func aBindingAnswersTheProbeAndEachTrigger() async throws {
    let call = try await serve { _, router in
      router.onBinding("reminder-tick") { $0.headers["readtimeutc"] != nil }
    }
    #expect(try await call(HTTPRequest(.options, "/reminder-tick")).status == 200)
    #expect(try await call(HTTPRequest(.post, "/reminder-tick", headers: ["readtimeutc": "now"])).status == 200)
    #expect(try await call(HTTPRequest(.post, "/reminder-tick")).status == 500)
  }
}
