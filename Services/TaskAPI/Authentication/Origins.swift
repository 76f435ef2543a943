import HTTP2Transport

/// Which pages may call, and what counts as this machine.
struct Origins: Sendable {
  let allowed: Set<String>

  init(_ allowed: [String]) { self.allowed = Set(allowed) }

  /// From the loopback interface, for a loopback Host, and from no foreign page: a page elsewhere could point a name of its
  /// own at 127.0.0.1, and its browser would come over loopback.
  func isLocal(_ request: HTTPRequest) -> Bool {
    guard request.isFromLoopback, Self.isLoopback(host: request.authority) else { return false }
    guard let origin = request.headers["origin"] else { return true }
    return allowed.contains(origin) || origin == "http://\(request.authority)"
  }

  static func isLoopback(host: String) -> Bool {
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    return name == "localhost" || name == "[::1]" || (name.hasPrefix("127.") && name.split(separator: ".").count == 4)
  }

  /// The answer to a preflight, or nil when it is none (Fetch standard, CORS protocol).
  func preflight(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.method == .options, let origin = request.headers["origin"],
      request.headers["access-control-request-method"] != nil, allowed.contains(origin)
    else { return nil }
    var response = HTTPResponse(status: 204)
    mark(&response, origin: origin)
    response.headers["access-control-allow-methods"] = "GET, POST, PATCH, DELETE"
    response.headers["access-control-allow-headers"] =
      "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key"
    response.headers["access-control-max-age"] = "600"
    return response
  }

  /// Lets the page read the answer.
  func mark(_ response: inout HTTPResponse, origin: String?) {
    guard let origin, allowed.contains(origin) else { return }
    response.headers["access-control-allow-origin"] = origin
    response.headers["access-control-expose-headers"] = "ETag, Location, Consistency-Token"
    response.headers["vary"] = "Origin"
  }
}
