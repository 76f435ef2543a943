/// What a client got.
public struct HTTPClientResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]
  public var trailers: HTTPHeaders
}

/// Why a call has no response.
public enum HTTPClientError: Error, Sendable, Equatable {
  /// No connection could be made; nothing was sent. `retryAfter` is when the next attempt is due.
  case unreachable(String)
  /// The connection or stream ended before the response did. When `mayHaveRun` is false the peer said that it did nothing
  /// (REFUSED_STREAM, or a GOAWAY that names a lower stream), so that any request may be sent again.
  case lost(String, mayHaveRun: Bool)
  case deadlineExceeded
  /// The peer broke the protocol, or sent more than the limit.
  case badResponse(String)
}
