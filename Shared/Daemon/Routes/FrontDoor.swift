import HTTP2Transport
import JSONLog

/// The whole of a daemon's routes: chooses among operational, sidecar's and everyone's, and gives each request its trace and
/// its line in the log.
struct FrontDoor: HTTPService {
  let operational: OperationalRoutes
  let routes: DaemonRoutes
  let sidecarGuard: SidecarGuard
  let log: Logger
  private let budget = LineBudget(perSecond: 20)

  init(operational: OperationalRoutes, routes: DaemonRoutes, sidecarGuard: SidecarGuard, log: Logger) {
    self.operational = operational
    self.routes = routes
    self.sidecarGuard = sidecarGuard
    self.log = log
  }

  func route(_ head: HTTPRequest) -> HTTPRoute {
    if let route = operational.route(head) { return route }
    let chosen: HTTPRoute
    if routes.isForSidecar(head.path) {
      chosen = sidecarGuard.admits(head) ? routes.sidecar.route(head) : SidecarGuard.refusal
    } else if let everyone = routes.everyone {
      chosen = everyone.route(head)
    } else {
      chosen = .refusal(.notFound)
    }
    return traced(chosen)
  }

  private func traced(_ route: HTTPRoute) -> HTTPRoute {
    var route = route
    switch route.handler {
    case .refusal: break
    case .immediate(let handler):
      route.handler = .immediate { request in
        let access = AccessLine(request)
        let response = handler(access.request)
        access.write(to: log, response, budget)
        return response
      }
    case .task(let handler):
      route.handler = .task { request in
        let access = AccessLine(request)
        let response = await handler(access.request)
        access.write(to: log, response, budget)
        return response
      }
    }
    return route
  }
}

/// One request's line in the log: at `debug`, or `warning` when the daemon failed, as long as there are not too many. The query,
/// which holds what people wrote, is left out.
private struct AccessLine {
  /// With a `traceparent` that names this daemon's span, for handlers to pass on.
  private(set) var request: HTTPRequest
  private let trace: TraceContext
  private let began = ContinuousClock.now

  init(_ request: HTTPRequest) {
    self.request = request
    trace = request.headers["traceparent"].flatMap(TraceContext.init)?.child() ?? .make()
    self.request.headers["traceparent"] = trace.header
  }

  func write(to log: Logger, _ response: HTTPResponse, _ budget: LineBudget) {
    let isFailure = response.status >= 500
    let unsaid = isFailure ? budget.take(now: .now) : 0
    if let unsaid, unsaid > 0 { log.warning("further requests failed and were not said", ["count": .int(unsaid)]) }
    log.log(
      isFailure && unsaid != nil ? .warning : .debug, "request",
      [
        "traceId": .string(trace.traceID), "method": .string(request.method.description),
        "path": .string(String(request.path)), "status": .int(response.status),
        "took": .milliseconds(began.duration(to: .now)),
      ])
  }
}

extension HTTPRequest {
  /// The trace that a daemon's handler belongs to; pass its `header` on with every call made for this request.
  public var trace: TraceContext? { headers["traceparent"].flatMap(TraceContext.init) }
}
