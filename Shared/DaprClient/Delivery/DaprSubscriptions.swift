import HTTP2Transport
import JSON

/// The subscriptions of an app with what handles them: routes for the sidecar's calls, `/dapr/subscribe` among them.
///
/// None has a dead letter topic: daprd would send an event there at its first failure, so that two seconds without the store
/// would lose it. An event that cannot be used is the handler's to publish elsewhere and to acknowledge.
public struct DaprSubscriptions: Sendable {
  /// Handles what came together, records of one partition in order, and says what becomes of each. What it says nothing of
  /// comes again.
  public typealias Handler = @Sendable ([Delivery]) async -> [DeliveryStatus]

  private var subscriptions: [(subscription: Subscription, handler: Handler)] = []

  public init() {}

  public mutating func add(_ subscription: Subscription, _ handler: @escaping Handler) {
    subscriptions.append((subscription, handler))
  }

  /// Adds the routes. The sidecar asks once, when the port opens: install before the server starts.
  public func install(in router: inout Router) {
    let body = declaration
    router.immediate(.get, "/dapr/subscribe") { _ in .json(body) }
    for (subscription, handler) in subscriptions {
      router.on(.post, subscription.route, bodyLimit: subscription.bodyLimit, deadline: .seconds(60)) {
        request throws(Problem) in
        subscription.bulk == nil ? await Self.single(request, handler) : try await Self.bulk(request, handler)
      }
    }
  }

  /// The answer of `GET /dapr/subscribe`.
  var declaration: [UInt8] {
    var writer = JSONWriter()
    writer.array {
      for (subscription, _) in subscriptions {
        $0.object {
          $0.key("pubsubname")
          $0.string(subscription.pubsub)
          $0.key("topic")
          $0.string(subscription.topic)
          $0.key("route")
          $0.string(subscription.route)
          guard let bulk = subscription.bulk else { return }
          $0.key("bulkSubscribe")
          $0.object {
            $0.key("enabled")
            $0.bool(true)
            $0.key("maxMessagesCount")
            $0.int(bulk.maximumMessages)
            $0.key("maxAwaitDurationMs")
            $0.int(Int(bulk.maximumWait.milliseconds))
          }
        }
      }
    }
    return writer.bytes
  }

  private static func single(_ request: HTTPRequest, _ handler: Handler) async -> HTTPResponse {
    let status = await handler([.single(request)]).first ?? .retry
    var writer = JSONWriter(capacity: 32)
    writer.object {
      $0.key("status")
      $0.string(status.rawValue)
    }
    return .json(writer.bytes)
  }

  private static func bulk(_ request: HTTPRequest, _ handler: Handler) async throws(Problem) -> HTTPResponse {
    let batch: BulkDelivery
    do throws(JSONError) {
      batch = try BulkDelivery(parsing: request.body)
    } catch {
      throw Problem(400, "This is no bulk delivery: \(error).")
    }
    let statuses = await handler(batch.deliveries)
    var writer = JSONWriter(capacity: batch.entryIDs.count * 40)
    writer.object {
      $0.key("statuses")
      $0.array {
        for (index, entryID) in batch.entryIDs.enumerated() {
          $0.object {
            $0.key("entryId")
            $0.string(entryID)
            $0.key("status")
            $0.string((index < statuses.count ? statuses[index] : .retry).rawValue)
          }
        }
      }
    }
    return .json(writer.bytes)
  }
}

extension Router {
  /// Adds the routes of an input binding: `OPTIONS` says that the app wants it, each trigger is a `POST`. Triggers may overlap,
  /// and come to every replica. `handler` returns whether it went well; only 200 counts as that.
  public mutating func onBinding(
    _ name: String, deadline: Duration? = .seconds(60), _ handler: @escaping @Sendable (HTTPRequest) async -> Bool
  ) {
    immediate(.options, "/\(name)") { _ in HTTPResponse(status: 200) }
    on(
      .post, "/\(name)",
      HTTPRoute(deadline: deadline, handler: .task { HTTPResponse(status: await handler($0) ? 200 : 500) }))
  }
}
