/// What a server answers.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case bytes([UInt8])
    /// Written piece by piece after the head has gone out, within the stream's task; its end ends the body. Throwing resets the
    /// stream, so that a cut body cannot look whole.
    case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
  }

  public var status: Int
  public var headers: HTTPHeaders
  public var body: Body

  public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON answer.
  public static func json(_ bytes: [UInt8], status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
    var headers = headers
    headers["content-type"] = "application/json"
    return HTTPResponse(status: status, headers: headers, body: .bytes(bytes))
  }

  public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["content-type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }
}

/// Where a streamed body goes.
public protocol HTTPBodyWriter: Sendable {
  /// Sends `bytes`; suspends while the peer's window or its socket is full. Throws `CancellationError` when the peer is gone.
  func write(_ bytes: [UInt8]) async throws
  /// Trailer fields to send at the end (HTTP/2 and chunked HTTP/1.1).
  func setTrailers(_ trailers: HTTPHeaders)
}
