import HTTP2Transport
import Recurrence
import Testing

@testable import LocalMesh

/// The order and the outcome of what an app is asked at its start (Recordings startup/order-h2c, options-405, …).
@Suite(.timeLimit(.minutes(1))) struct AppStartTests {
  private func ask(
    subscribe: HTTPResponse = .json(Array(#"[{"pubsubname":"pubsub","topic":"own","route":"on"}]"#.utf8)),
    options: Int = 200, direction: String? = nil
  ) async throws -> (wishes: AppStart.Wishes, asked: [String]) {
    let app = TestApp { request in
      switch (request.method, request.target) {
      case (.get, "/dapr/subscribe"): subscribe
      case (.options, _): HTTPResponse(status: options)
      default: HTTPResponse(status: 404)
      }
    }
    let server = try await app.start()
    let direction = direction.map { "\n    - {name: direction, value: \($0)}" } ?? ""
    let binding = try CronBinding(
      try Component(
        yaml: """
          kind: Component
          metadata: {name: tick}
          spec:
            type: bindings.cron
            metadata:
            - {name: schedule, value: "@hourly"}\(direction.replacing("    - ", with: "  - "))
          """), local: .utc)
    let declared = [
      Subscription(pubsub: "pubsub", topic: "own", route: "/file"),
      Subscription(pubsub: "pubsub", topic: "declared", route: "/file"),
    ]
    let start = AppStart(
      channel: server.channel(app: "notifier"), hasPubSub: true, declared: declared, bindings: [try #require(binding)],
      clock: VirtualClock().clock, report: { _ in })
    let wishes = try await start.ask()
    return (wishes, app.requests.waiting.map { "\($0.method) \($0.target)" })
  }

  @Test func anAppIsAskedInDaprdsOrderAndItsOwnSubscriptionGoesFirst() async throws {
    let (wishes, asked) = try await ask()
    #expect(asked == ["GET /dapr/config", "GET /dapr/subscribe", "OPTIONS /tick"])
    #expect(wishes.subscriptions.map { "\($0.topic) \($0.route)" } == ["own /on", "declared /file"])
    #expect(wishes.bindings.map(\.name) == ["tick"])
  }

  @Test(arguments: [(200, true), (204, true), (405, true), (404, false), (500, false), (301, false), (401, false)])
  func theAnswerToOptionsDecidesAboutTheBinding(status: Int, isWanted: Bool) async throws {
    #expect(try await ask(options: status).wishes.bindings.isEmpty == !isWanted)
  }

  @Test func aDeclaredInputIsNotAskedFor() async throws {
    let (wishes, asked) = try await ask(options: 500, direction: "input")
    #expect(asked == ["GET /dapr/config", "GET /dapr/subscribe"])
    #expect(wishes.bindings.count == 1)
  }

  @Test(arguments: [404, 500, 503])
  func anAppWithoutSubscriptionsStillGetsTheDeclaredOnes(status: Int) async throws {
    let (wishes, _) = try await ask(subscribe: HTTPResponse(status: status))
    #expect(wishes.subscriptions.map(\.route) == ["/file", "/file"])
  }

  @Test func aPortThatOpensLaterIsWaitedFor() async throws {
    let clock = VirtualClock()
    let gone = try await TestApp().start()
    gone.closeAtOnce()
    let start = AppStart(
      channel: gone.channel(app: "notifier"), hasPubSub: false, declared: [], bindings: [], clock: clock.clock,
      report: { _ in })
    let asking = Task { try await start.ask() }
    await clock.waitForSleepers()
    let app = TestApp()
    let server = try await HTTPServer.start(on: TestApp.loop, port: gone.port, service: app)
    clock.advance(by: .milliseconds(100))
    _ = try await asking.value
    #expect(app.requests.waiting.map(\.target) == ["/dapr/config"])
    server.closeAtOnce()
  }
}
