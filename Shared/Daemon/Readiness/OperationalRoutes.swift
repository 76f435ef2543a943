import HTTP2Transport
import JSON
import Metrics

/// What every daemon serves beside its own routes, without a token: `/healthz`, `/readyz`, `/metrics`.
struct OperationalRoutes: Sendable {
  private let routes: [String: HTTPRoute]

  init(readiness: Readiness, metrics: MetricsRegistry) {
    let alive = Array(#"{"status":"ok"}"#.utf8)
    routes = [
      "/healthz": HTTPRoute(handler: .immediate { _ in .json(alive, headers: ["cache-control": "no-store"]) }),
      "/readyz": HTTPRoute(handler: .task { _ in Self.answer(await readiness.failures()) }),
      "/metrics": HTTPRoute(
        handler: .immediate { _ in
          HTTPResponse(
            status: 200, headers: ["content-type": ExpositionText.contentType], body: .bytes(metrics.text()))
        }),
    ]
  }

  /// nil for what is not one of them.
  func route(_ head: HTTPRequest) -> HTTPRoute? {
    guard let route = routes[String(head.path)] else { return nil }
    guard head.method == .get || head.method == .head else {
      return .refusal(Problem(405, "\(head.path) takes GET alone.", headers: ["allow": "GET"]))
    }
    return route
  }

  private static func answer(_ failures: [Readiness.Failure]) -> HTTPResponse {
    var writer = JSONWriter()
    writer.object {
      $0.key("status")
      $0.string(failures.isEmpty ? "ready" : "not ready")
      guard !failures.isEmpty else { return }
      $0.key("failing")
      $0.array {
        for failure in failures {
          $0.object {
            $0.key("check")
            $0.string(failure.check)
            $0.key("reason")
            $0.string(failure.reason)
          }
        }
      }
    }
    return .json(writer.bytes, status: failures.isEmpty ? 200 : 503, headers: ["cache-control": "no-store"])
  }
}
