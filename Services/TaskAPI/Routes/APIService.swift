import HTTP2Transport

/// The API as pages of other origins see it: preflights answered, answers marked.
struct APIService: HTTPService {
  let routes: AdmittedRoutes
  let origins: Origins

  func route(_ head: HTTPRequest) -> HTTPRoute {
    if let answer = origins.preflight(head) { return HTTPRoute(handler: .refusal(answer)) }
    var route = routes.route(head)
    guard let origin = head.headers["origin"], origins.allowed.contains(origin) else { return route }
    let origins = origins
    switch route.handler {
    case .refusal(var response):
      origins.mark(&response, origin: origin)
      route.handler = .refusal(response)
    case .immediate(let handler):
      route.handler = .immediate { request in
        var response = handler(request)
        origins.mark(&response, origin: origin)
        return response
      }
    case .task(let handler):
      route.handler = .task { request in
        var response = await handler(request)
        origins.mark(&response, origin: origin)
        return response
      }
    }
    return route
  }
}
