import HTTP2Transport
import Recurrence

/// A `bindings.cron` component: calls its app at the times of a schedule.
struct CronBinding: Sendable {
  let name: String
  /// The path that is called.
  let route: String
  /// `direction: input`: the app is not asked whether it wants the binding.
  let isDeclaredInput: Bool
  let schedule: CronSchedule

  /// nil for a component that only says `direction: output`, for which nothing fires.
  init?(_ component: Component, local: TimeZoneRules) throws {
    guard let schedule = component.text("schedule") else { throw component.fault("schedule is missing") }
    do throws(CronSchedule.Fault) { self.schedule = try CronSchedule(schedule, local: local) } catch {
      throw component.fault("schedule: \(error.reason)")
    }
    let direction = component.text("direction") ?? ""
    if direction == "output" { return nil }
    name = component.name
    let route = component.text("route") ?? component.name
    self.route = route.hasPrefix("/") ? route : "/" + route
    isDeclaredInput = !direction.isEmpty
  }

  /// Calls the app at each time until cancelled. A call that is late or fails holds up none that follows, and none is made up for.
  func run(_ channel: AppChannel, clock: MeshClock) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      var last = clock.now()
      while let next = schedule.next(after: last) {
        while case let now = clock.now(), now < next { try await clock.sleep(Self.pause(from: now, to: next)) }
        let request = request(at: clock.now())
        group.addTask { _ = try? await channel.send(request) }
        // From now, not from the time that was due: times that have passed meanwhile are not caught up.
        last = clock.now()
      }
    }
  }

  private static func pause(from start: Instant, to end: Instant) -> Duration {
    .seconds(end.secondsSinceEpoch - start.secondsSinceEpoch) + .nanoseconds(end.nanoseconds - start.nanoseconds)
  }

  private func request(at instant: Instant) -> HTTPRequest {
    HTTPRequest(
      .post, route,
      headers: [
        "content-type": "application/json", "readtimeutc": Self.goText(instant), "timezone": "Local",
        "traceparent": Invocation.noTrace,
      ])
  }

  /// As Go prints a time: `2026-11-23 05:33:47.320196107 +0000 UTC`.
  static func goText(_ instant: Instant) -> String {
    instant.description.replacing("T", with: " ").replacing("Z", with: " +0000 UTC")
  }
}
