import HTTP2Transport

/// Dapr's service invocation (<https://docs.dapr.io/reference/api/service_invocation_api/>), both sidecars in one process.
struct Invocation: Sendable {
  /// The app that calls.
  let caller: String
  /// The replicas of each app.
  let apps: [String: [Target]]
  let traffic: Traffic

  /// A replica, and whether its sidecar is up.
  struct Target: Sendable {
    let channel: AppChannel
    let isSidecarUp: @Sendable () -> Bool
  }

  /// How long the calling sidecar waits between its three attempts at one that is down.
  var retryPause: Duration = .seconds(1)

  func invoke(_ request: HTTPRequest, app: String, path: String) async throws(SidecarError) -> HTTPResponse {
    guard let replicas = apps[app] else {
      throw Self.failure("failed to invoke, id: \(app), err: couldn't find service: \(app)")
    }
    let target = try await up(replicas, app)
    let forwarded = forward(request, to: app, path: path)
    do throws(HTTPClientError) {
      let stream = try await target.channel.open(forwarded)
      traffic.count(request, answer: stream)
      return try await answer(stream)
    } catch {
      traffic.count(request, answer: nil)
      throw Self.failure(
        "failed to invoke, id: \(app), err: rpc error: code = Internal desc = error invoking app channel: \(error)")
    }
  }

  /// One of the replicas whose sidecar is up, at random; waits for one as daprd does, three times.
  private func up(_ replicas: [Target], _ app: String) async throws(SidecarError) -> Target {
    for attempt in 0... {
      if let target = replicas.filter({ $0.isSidecarUp() }).randomElement() { return target }
      guard attempt < 3, (try? await Task.sleep(for: retryPause)) != nil else { break }
    }
    throw Self.failure(
      "failed to invoke target \(app) after 3 retries. Error: rpc error: code = Unavailable desc = connection refused")
  }

  private func forward(_ request: HTTPRequest, to app: String, path: String) -> HTTPRequest {
    var forwarded = HTTPRequest(
      request.method, request.query.map { "\(path)?\($0)" } ?? path, body: request.body)
    let hops = Self.hops(request)
    for field in request.headers where Self.passes(field.name) && !hops.contains(field.name) {
      forwarded.headers.add(field.name, field.value)
    }
    if forwarded.headers["traceparent"] == nil { forwarded.headers["traceparent"] = Self.noTrace }
    if app != caller {
      forwarded.headers.add("dapr-caller-app-id", caller)
      forwarded.headers.add("dapr-callee-app-id", app)
      forwarded.headers.add("dapr-caller-namespace", "default")
      forwarded.headers.add("x-forwarded-for", Self.host)
      forwarded.headers.add("x-forwarded-host", Self.host)
      forwarded.headers.add("forwarded", "for=\(Self.host);by=\(Self.host);host=\(Self.host)")
    }
    if request.body.isEmpty { forwarded.headers.remove("content-length") }
    return forwarded
  }

  /// The fields that the caller's connection alone is meant to know.
  private static func hops(_ request: HTTPRequest) -> [String] {
    var names: [String] = []
    for list in request.headers.all("connection") {
      names += list.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
    }
    return names
  }

  /// Hands the answer on as it comes. One that is cut looks whole, as it does behind daprd.
  private func answer(_ stream: HTTPResponseStream) async throws(HTTPClientError) -> HTTPResponse {
    var headers = HTTPHeaders()
    for field in stream.headers where Self.passes(field.name) && field.name != "content-length" {
      headers.add(field.name, field.value)
    }
    var first: [UInt8]?
    if headers["content-type"] == nil {
      // daprd makes one up by the first octets.
      first = try await stream.next()
      if stream.status >= 400 {
        headers["content-type"] = "application/json"
      } else if let first {
        headers["content-type"] = ContentSniffer.type(of: first)
      }
    }
    return HTTPResponse(
      status: stream.status, headers: headers,
      body: .stream { [first] writer in
        if let first { try await writer.write(first) }
        while let chunk = try? await stream.next() { try await writer.write(chunk) }
      })
  }

  /// Where both sidecars are.
  private static let host = "127.0.0.1"

  /// What stands for a trace where the caller sent none.
  static let noTrace = "00-00000000000000000000000000000000-0000000000000000-00"

  private static func passes(_ name: String) -> Bool {
    switch name {
    case "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings", "te",
      "trailer", "proxy-authorization", "proxy-authenticate", "dapr-app-id", "destination-app-id", "dapr-api-token":
      false
    default: !name.hasSuffix("-bin")
    }
  }

  private static func failure(_ message: String) -> SidecarError { SidecarError(500, "ERR_DIRECT_INVOKE", message) }
}
