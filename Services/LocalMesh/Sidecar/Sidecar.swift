import HTTP2Transport
import JSON
import Synchronization
import Tokens

/// Stands in for the daprd beside one app: the parts of its HTTP API that Taskmesh uses, on daprd's paths and with its errors.
final class Sidecar: HTTPService {
  let app: String
  private let token: String
  private let components: [Component]
  private let invocation: Invocation
  private let phase = Mutex(Phase.starting)
  private let requests = RequestCounts()
  private let router: Router
  private let shutdown: @Sendable () -> Void

  enum Phase: Sendable {
    /// The app's port is not open, or it has not answered what it is asked at its start.
    case starting
    case ready
    case stopping
  }

  /// - Parameters:
  ///   - components: those that this app loads.
  ///   - shutdown: what `POST /v1.0/shutdown` does after its answer.
  init(
    app: String, token: String, components: [Component], state: StateAPI, secrets: SecretStores, publish: PublishAPI,
    invocation: Invocation, shutdown: @escaping @Sendable () -> Void
  ) {
    self.app = app
    self.token = token
    self.components = components
    self.invocation = invocation
    self.shutdown = shutdown
    var router = Router()
    let one = "/v1.0/state/{store}/{key}"
    Self.add(.get, one, to: &router, state.get)
    Self.add(.delete, one, to: &router, state.delete)
    for method in [HTTPMethod.post, .put] {
      Self.add(method, "/v1.0/state/{store}", to: &router, state.save)
      Self.add(method, "/v1.0/state/{store}/bulk", to: &router, state.bulkGet)
      Self.add(method, "/v1.0/state/{store}/transaction", to: &router, state.transaction)
    }
    Self.add(.get, "/v1.0/secrets/{store}/{key}", to: &router) { try secrets.respond($0) }
    for method in [HTTPMethod.post, .put] {
      Self.add(method, "/v1.0/publish/{pubsub}/{topic...}", to: &router, publish.publish)
      for version in ["v1.0", "v1.0-alpha1"] {
        Self.add(method, "/\(version)/publish/bulk/{pubsub}/{topic...}", to: &router, publish.bulkPublish)
      }
    }
    for method in [HTTPMethod.get, .head, .post, .put, .delete, .patch, .options, .other("TRACE")] {
      Self.add(method, "/v1.0/invoke/{app}/method/{path...}", to: &router) { request in
        try await invocation.invoke(request, app: request.parameters["app"], path: "/" + request.parameters["path"])
      }
    }
    self.router = router
  }

  func enter(_ phase: Phase) { self.phase.withLock { $0 = phase } }
  var isReady: Bool { phase.withLock { $0 == .ready } }

  func route(_ head: HTTPRequest) -> HTTPRoute {
    let isProbe = head.method == .get && (head.path == "/v1.0/healthz" || head.path == "/v1.0/healthz/outbound")
    if isProbe { return HTTPRoute(handler: .immediate { self.health($0) }) }
    let isKnownCaller =
      token.isEmpty || HMAC.isEqual(Array((head.headers["dapr-api-token"] ?? "").utf8), Array(token.utf8))
    guard isKnownCaller else {
      return HTTPRoute(handler: .refusal(Self.badToken))
    }
    switch (head.method, head.path) {
    case (.get, "/v1.0/metadata"): return HTTPRoute(handler: .immediate { _ in self.metadata() })
    case (.post, "/v1.0/shutdown"):
      return HTTPRoute(
        handler: .immediate { _ in
          self.shutdown()
          return HTTPResponse(status: 204)
        })
    default: break
    }
    requests.count(.init(isGet: head.method == .get, path: head.path))
    let route = router.route(head)
    // daprd takes HEAD for invocations alone.
    let isKnown = if case .refusal = route.handler { false } else { true }
    if isKnown, head.method != .head || head.path.hasPrefix("/v1.0/invoke/") { return route }
    guard let target = head.headers["dapr-app-id"] else {
      return HTTPRoute(handler: .refusal(Self.traced(SidecarError.noRoute.response, head)))
    }
    return Self.route { [invocation] request in
      try await invocation.invoke(request, app: target, path: String(request.path))
    }
  }

  private static let badToken: HTTPResponse = {
    var response = HTTPResponse.text("invalid api token\n", status: 401)
    response.headers["x-content-type-options"] = "nosniff"
    return response
  }()

  private func health(_ request: HTTPRequest) -> HTTPResponse {
    if request.path.hasSuffix("outbound") || isReady { return HTTPResponse(status: 204) }
    return SidecarError(500, "ERR_HEALTH_NOT_READY", "dapr is not ready: [runtime]").response
  }

  private func metadata() -> HTTPResponse {
    let loaded = components.map { component in
      JSONValue.object([
        .init("name", .string(component.name)), .init("type", .string(component.type)),
        .init("version", .string(component.version)),
      ])
    }
    let counts = invocation.traffic.counts
    let extended =
      [
        ("daprRuntimeVersion", "1.18.3-localmesh"), ("localmesh", "true"),
        ("localmesh.invocations", String(counts.calls)),
        ("localmesh.invocations.http1", String(counts.http1)),
        ("localmesh.invocations.notProtobuf", String(counts.notProtobuf)),
      ] + requests.metadata
    let body = JSONValue.object([
      .init("id", .string(app)), .init("runtimeVersion", .string("1.18.3-localmesh")),
      .init("components", .array(loaded)),
      .init("extended", .object(extended.map { .init($0.0, .string($0.1)) })),
    ])
    return .json(body.bytes + [UInt8(ascii: "\n")])
  }

  /// daprd's `--max-body-size`.
  private static let bodyLimit = 4 << 20

  /// Adds a route whose errors are in daprd's shape. There is no deadline: daprd has none either.
  private static func add(
    _ method: HTTPMethod, _ pattern: String, to router: inout Router,
    _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
  ) {
    router.on(method, pattern, route(handler))
  }

  private static func route(_ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse) -> HTTPRoute {
    HTTPRoute(
      bodyLimit: bodyLimit, deadline: nil,
      handler: .task { request in
        let response: HTTPResponse
        do { response = try await handler(request) } catch let error as SidecarError {
          response = error.response
        } catch {
          response = SidecarError(500, "ERR_INTERNAL", "\(error)").response
        }
        return traced(response, request)
      })
  }

  /// The caller's own trace comes back; an invoked app's answer may carry another.
  private static func traced(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
    if response.headers["traceparent"] != nil { return response }
    var response = response
    response.headers["traceparent"] = request.headers["traceparent"] ?? Invocation.noTrace
    return response
  }
}
