import EventLoop
import HTTP2Transport
import JSON
import Synchronization

@testable import DaprClient

/// A sidecar over real sockets that answers as the test says and keeps what it was asked.
final class ScriptedSidecar: Sendable {
  typealias Answer = @Sendable (HTTPRequest) async -> HTTPResponse

  let server: HTTPServer
  let client: DaprClient
  private let script: Script

  final class Script: HTTPService {
    private let state: Mutex<(answer: Answer, asked: [HTTPRequest])>
    init(_ answer: @escaping Answer) { state = Mutex((answer, [])) }
    var asked: [HTTPRequest] { state.withLock { $0.asked } }

    func route(_ head: HTTPRequest) -> HTTPRoute {
      HTTPRoute(
        bodyLimit: 64 << 20, deadline: nil,
        handler: .task { request in
          let answer = self.state.withLock { state in
            state.asked.append(request)
            return state.answer
          }
          return await answer(request)
        })
    }
  }

  init(token: String? = nil, _ answer: @escaping Answer) async throws {
    script = Script(answer)
    server = try await HTTPServer.start(on: EventLoop(name: "sidecar"), port: 0, service: script)
    client = DaprClient(transport: HTTPClient(loop: EventLoop(name: "app"), port: server.port), apiToken: token)
  }

  var asked: [HTTPRequest] { script.asked }
  /// The last request's body.
  var body: JSONValue? { asked.last.flatMap { try? JSONValue(parsing: $0.body) } }
}

/// Answers that a test gives one after another; the last one stays.
final class Answers: Sendable {
  private let left: Mutex<[HTTPResponse]>
  init(_ answers: HTTPResponse...) { left = Mutex(answers) }
  func next() -> HTTPResponse { left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
}

extension HTTPResponse {
  static let done = HTTPResponse(status: 204)

  static func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
    .json(
      JSONValue.object([.init("errorCode", .string(code)), .init("message", .string(message))]).bytes, status: status)
  }
}
