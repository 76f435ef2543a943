import EventLoop
import HTTP2Transport

/// The way from a sidecar to its app: HTTP/2 with prior knowledge, as `--app-protocol h2c`.
struct AppChannel: Sendable {
  let app: String
  let port: Int
  /// APP_API_TOKEN, sent with every request but health probes; empty for none.
  let token: String
  private let loop: EventLoop
  private let client: HTTPClient

  init(app: String, port: Int, token: String, loop: EventLoop) {
    self.app = app
    self.port = port
    self.token = token
    self.loop = loop
    client = HTTPClient(loop: loop, port: UInt16(port))
  }

  /// daprd knows no time limit of its own towards an app.
  static let noDeadline = Duration.seconds(24 * 3600)

  func send(
    _ request: HTTPRequest, deadline: Duration = noDeadline
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    try await client.send(prepared(request), deadline: deadline)
  }

  /// The answer piece by piece.
  func open(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponseStream {
    try await client.open(prepared(request), deadline: Self.noDeadline)
  }

  /// Whether the app listens.
  var isPortOpen: Bool { get async { await PortProbe.isOpen(port, on: loop) } }

  private func prepared(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    request.authority = ""
    if !token.isEmpty { request.headers["dapr-api-token"] = token }
    if request.headers["user-agent"] == nil { request.headers["user-agent"] = "Go-http-client/2.0" }
    return request
  }
}
