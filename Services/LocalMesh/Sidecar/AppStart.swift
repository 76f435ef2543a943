import HTTP2Transport

/// What daprd asks an app once, when the app opens its port: `/dapr/config`, `/dapr/subscribe`, then each input binding.
struct AppStart: Sendable {
  let channel: AppChannel
  /// Whether the app loads any pub/sub component: only then it is asked for subscriptions.
  let hasPubSub: Bool
  /// The subscriptions that files declare for the app.
  let declared: [Subscription]
  let bindings: [CronBinding]
  let clock: MeshClock
  let report: @Sendable (String) -> Void

  /// What the app wants.
  struct Wishes: Sendable {
    var subscriptions: [Subscription] = []
    var bindings: [CronBinding] = []
  }

  /// How often a closed port is tried again.
  private static let pause = Duration.milliseconds(100)
  /// How long a binding's probe may take.
  private static let probeLimit = Duration.seconds(3)

  /// Waits for the app and asks; an answer that does not come is waited for without limit.
  func ask() async throws -> Wishes {
    while await !channel.isPortOpen { try await clock.sleep(Self.pause) }
    try Task.checkCancellation()
    let headers: HTTPHeaders = ["content-type": "application/json", "dapr-app-id": channel.app]
    // Without actors any answer will do.
    _ = try? await channel.send(HTTPRequest(.get, "/dapr/config", headers: headers))
    try Task.checkCancellation()
    var wishes = Wishes()
    if hasPubSub {
      let own = await subscriptions(headers)
      // Of both kinds for one topic the app's own counts.
      wishes.subscriptions =
        own + declared.filter { file in !own.contains { $0.pubsub == file.pubsub && $0.topic == file.topic } }
    }
    try Task.checkCancellation()
    wishes.bindings = await wantedBindings()
    try Task.checkCancellation()
    return wishes
  }

  private func subscriptions(_ headers: HTTPHeaders) async -> [Subscription] {
    do {
      let response = try await channel.send(HTTPRequest(.get, "/dapr/subscribe", headers: headers))
      switch response.status {
      case 200: return try Subscription.all(in: response.body)
      case 404: return []
      default: report("\(channel.app) answered GET /dapr/subscribe with \(response.status): it gets no deliveries")
      }
    } catch let fault as Subscription.Fault {
      report("\(channel.app): \(fault.reason): it gets no deliveries")
    } catch {
      report("\(channel.app) did not answer GET /dapr/subscribe (\(error)): it gets no deliveries")
    }
    return []
  }

  /// 2xx and 405 mean yes. One that does not answer in time ends the asking: those after it stay off too.
  private func wantedBindings() async -> [CronBinding] {
    var wanted: [CronBinding] = []
    for binding in bindings {
      if binding.isDeclaredInput {
        wanted.append(binding)
        continue
      }
      let probe = HTTPRequest(.options, binding.route, headers: ["content-type": "application/json"])
      do {
        let status = try await channel.send(probe, deadline: Self.probeLimit).status
        if (200..<300).contains(status) || status == 405 { wanted.append(binding) }
      } catch {
        report("\(channel.app) did not answer OPTIONS \(binding.route) (\(error)): \(binding.name) stays off")
        break
      }
    }
    return wanted
  }
}
