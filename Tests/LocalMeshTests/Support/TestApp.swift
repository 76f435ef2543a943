import EventLoop
import HTTP2Transport
import Synchronization

@testable import LocalMesh

/// An app behind a sidecar: answers what a test says and keeps what came.
final class TestApp: HTTPService {
  typealias Answer = @Sendable (HTTPRequest) async -> HTTPResponse

  static let loop = EventLoop(name: "test-apps")

  private let answer: Answer
  /// What came.
  let requests = Arrivals<HTTPRequest>()

  init(_ answer: @escaping Answer = { _ in HTTPResponse(status: 200) }) {
    self.answer = answer
  }

  /// Listens on a free port until the channel's owner lets go of the server.
  func start() async throws -> HTTPServer {
    try await HTTPServer.start(on: Self.loop, port: 0, service: self)
  }

  func route(_ head: HTTPRequest) -> HTTPRoute {
    HTTPRoute(
      bodyLimit: 16 << 20, deadline: nil,
      handler: .task { [answer, requests] request in
        requests.add(request)
        return await answer(request)
      })
  }
}

extension HTTPServer {
  func channel(app: String, token: String = "") -> AppChannel {
    AppChannel(app: app, port: Int(port), token: token, loop: TestApp.loop)
  }
}

/// Takes a streamed body.
final class BodyCollector: HTTPBodyWriter {
  private let collected = Mutex<[UInt8]>([])
  var bytes: [UInt8] { collected.withLock { $0 } }
  func write(_ bytes: [UInt8]) async throws { collected.withLock { $0 += bytes } }
  func setTrailers(_ trailers: HTTPHeaders) {}
}

extension HTTPResponse {
  /// The whole body; what a stream has given when it ends or fails.
  var wholeBody: [UInt8] {
    get async {
      switch body {
      case .bytes(let bytes): return bytes
      case .stream(let write):
        let collector = BodyCollector()
        try? await write(collector)
        return collector.bytes
      }
    }
  }
}
