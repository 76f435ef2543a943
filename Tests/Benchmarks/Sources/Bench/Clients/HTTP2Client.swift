import EventLoop
import HTTP2Transport

/// A connection of HTTP/2 with prior knowledge.
struct HTTP2Client: Client {
  private let client: HTTPClient

  init(loop: EventLoop, port: UInt16) {
    var settings = HTTPClient.Settings()
    settings.connections = 1
    client = HTTPClient(loop: loop, port: port, settings: settings)
  }

  func send(_ request: HTTPRequest, deadline: Duration) async -> Answer {
    guard let response = try? await client.send(request, deadline: deadline) else { return .none }
    return Answer(status: response.status, headers: response.headers, body: response.body)
  }

  func close() async { await client.close() }
}
