import HTTP2Transport
import Metrics

/// Routes whose requests are let in only as far as they can be answered in good time: reads and writes apart, for they wait for
/// different things.
struct AdmittedRoutes: HTTPService {
  private let router: Router
  private let reads = Admission()
  private let writes = Admission()
  private let shed: Counter
  private let beginning = ContinuousClock.now

  init(_ router: Router, metrics: MetricsRegistry) {
    self.router = router
    shed = metrics.counter(
      "taskmesh_requests_shed_total", "Requests refused because they could not have been answered in good time.")
  }

  func route(_ head: HTTPRequest) -> HTTPRoute {
    var route = router.route(head)
    guard case .task(let handler) = route.handler else { return route }
    let admission = head.method == .get || head.method == .head ? reads : writes
    // Whoever has the token has its room; the token itself is checked inside.
    let asker = head.headers["authorization"] ?? ""
    route.handler = .task { [shed, beginning] request in
      guard admission.enter(asker, now: beginning.duration(to: .now)) else {
        shed.increment()
        return Self.refusal
      }
      defer { admission.leave(asker, now: beginning.duration(to: .now)) }
      return await handler(request)
    }
    return route
  }

  private static var refusal: HTTPResponse {
    Problem(503, "Too many requests are under way. Nothing was stored.", headers: ["retry-after": "1"]).response
  }
}
