import EventLoop
import Foundation
import HTTP2Transport
import Subprocess
import Testing

/// A server with a few routes on a free port, and a client for it.
struct TestServer: Sendable {
  let loop: EventLoop
  let server: HTTPServer
  let client: HTTPClient

  init(limits: ServerLimits = ServerLimits(), configure: (inout Router) -> Void = { _ in }) async throws {
    var router = Router()
    router.immediate(.get, "/hello") { _ in .text("hello\n") }
    router.on(.post, "/echo", bodyLimit: 32 << 20) { request in
      HTTPResponse(status: 200, headers: ["x-length": String(request.body.count)], body: .bytes(request.body))
    }
    configure(&router)
    loop = EventLoop(name: "server")
    server = try await HTTPServer.start(on: loop, port: 0, service: router, limits: limits)
    client = HTTPClient(loop: EventLoop(name: "client"), port: server.port)
  }

  func get(_ target: String, deadline: Duration = .seconds(10)) async throws(HTTPClientError) -> HTTPClientResponse {
    try await client.send(HTTPRequest(.get, target), deadline: deadline)
  }

  /// Sends octets as they are and returns what comes until the server closes.
  func exchange(_ bytes: [UInt8]) async -> [UInt8] {
    await withCheckedContinuation { continuation in
      loop.execute {
        let exchange = RawExchange(bytes) { continuation.resume(returning: $0) }
        exchange.tcp = TCPConnection.connect(loop: loop, port: server.port, handler: exchange)
      }
    }
  }

  var url: String { "http://127.0.0.1:\(server.port)" }
}

private final class RawExchange: TCPConnectionHandler {
  private var unsent: [UInt8]?
  private let done: ([UInt8]) -> Void
  private var received: [UInt8] = []
  var tcp: TCPConnection?

  init(_ bytes: [UInt8], done: @escaping ([UInt8]) -> Void) {
    unsent = bytes
    self.done = done
  }
  func writable() {
    unsent?.withUnsafeBytes { tcp?.write($0) }
    unsent = nil
  }
  func received(_ bytes: UnsafeRawBufferPointer) { received.append(contentsOf: bytes) }
  func endOfInput() { tcp?.close() }
  func closed(_ error: UVError?) { done(received) }
}

/// Runs a program of the system and returns what it printed.
func run(_ program: String, _ arguments: String...) throws -> String {
  let ended = try Subprocess.run([program] + arguments)
  return String(decoding: ended.output + ended.errors, as: UTF8.self)
}
