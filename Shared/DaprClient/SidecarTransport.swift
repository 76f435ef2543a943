import HTTP2Transport

/// What a ``DaprClient`` needs of an HTTP client, so that whatever talks to a sidecar can be tested without one.
public protocol SidecarTransport: Sendable {
  /// Sends a request and takes its whole answer, within `deadline`.
  func send(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPClientResponse
  /// Sends a request and takes its answer piece by piece; `deadline` is for the answer's head.
  func stream(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> any SidecarStream
}

/// An answer that arrives piece by piece.
public protocol SidecarStream: Sendable {
  var status: Int { get }
  var headers: HTTPHeaders { get }
  /// The next octets; nil at the end, which daprd also shows when the answer was cut behind it.
  func next() async throws(HTTPClientError) -> [UInt8]?
}
