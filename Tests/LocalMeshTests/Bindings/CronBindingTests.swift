import HTTP2Transport
import Recurrence
import Testing

@testable import LocalMesh

@Suite(.timeLimit(.minutes(1))) struct CronBindingTests {
  private func binding(_ metadata: String) throws -> CronBinding? {
    try CronBinding(
      try Component(
        yaml: """
          kind: Component
          metadata: {name: reminder-tick}
          spec:
            type: bindings.cron
            metadata:
            - {name: schedule, value: "* * * * * *"}
          \(metadata)
          """), local: .utc)
  }

  @Test func eachSecondTheAppIsCalledAsDaprdCallsIt() async throws {
    let clock = VirtualClock(start: Instant(secondsSinceEpoch: 1_795_411_951, nanoseconds: 250_000_000))
    let app = TestApp()
    let server = try await app.start()
    let binding = try #require(try binding(""))
    let running = Task {
      try await binding.run(server.channel(app: "notifier", token: "app-token"), clock: clock.clock)
    }
    await clock.waitForSleepers()
    clock.advance(by: .milliseconds(749))
    #expect(app.requests.waiting.isEmpty)
    clock.advance(by: .milliseconds(1))
    let request = try #require(await app.requests.next())
    #expect(request.method == .post && request.target == "/reminder-tick" && request.body == [])
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["content-length"] == "0")
    #expect(request.headers["timezone"] == "Local")
    #expect(request.headers["readtimeutc"] == "2026-11-23 05:32:32 +0000 UTC")
    #expect(request.headers["dapr-api-token"] == "app-token")
    await clock.waitForSleepers()
    // Five seconds at once: the times that have passed are not made up for.
    clock.advance(by: .milliseconds(5_100))
    #expect(await app.requests.next()?.headers["readtimeutc"] == "2026-11-23 05:32:37.1 +0000 UTC")
    await clock.waitForSleepers()
    #expect(app.requests.waiting.isEmpty)
    running.cancel()
    _ = await running.result
  }

  @Test func aCallThatIsSlowHoldsUpNone() async throws {
    let clock = VirtualClock()
    let still = VirtualClock()
    let app = TestApp { _ in
      try? await still.clock.sleep(.seconds(1))
      return HTTPResponse(status: 200)
    }
    let server = try await app.start()
    let binding = try #require(try binding(""))
    let running = Task { try await binding.run(server.channel(app: "notifier"), clock: clock.clock) }
    for _ in 0..<3 {
      await clock.waitForSleepers()
      clock.advance(by: .seconds(1))
      #expect(await app.requests.next() != nil)
    }
    running.cancel()
    _ = await running.result
  }

  @Test func anOutputBindingFiresNothingAndAnInputOneIsNotAskedFor() throws {
    #expect(try binding("  - {name: direction, value: output}") == nil)
    #expect(try binding("  - {name: direction, value: input}")?.isDeclaredInput == true)
    #expect(try binding("  - {name: route, value: jobs/sweep}")?.route == "/jobs/sweep")
  }
}
