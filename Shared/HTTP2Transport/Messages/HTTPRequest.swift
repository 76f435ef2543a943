/// A request with its whole body.
public struct HTTPRequest: Sendable {
  public enum Version: Sendable { case http1, http2 }

  public var method: HTTPMethod
  /// The path and query as sent, still percent-encoded: `/api/v1/tasks?limit=5`.
  public var target: String
  /// `Host` or `:authority`.
  public var authority: String
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// How it arrived; of no meaning for a client's request.
  public var version = Version.http2
  /// True when the peer is on the loopback interface.
  public var isFromLoopback = false
  /// Set by a ``Router``.
  public var parameters = PathParameters()

  public init(
    _ method: HTTPMethod, _ target: String, authority: String = "", headers: HTTPHeaders = [:], body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.authority = authority
    self.headers = headers
    self.body = body
  }

  /// The path without the query, still percent-encoded.
  public var path: Substring { target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[..<$0] } ?? target[...] }

  /// The query without its `?`, still percent-encoded; nil when there is no `?`.
  public var query: Substring? {
    target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[target.utf8.index(after: $0)...] }
  }
}

/// The decoded values of a route's `{names}`.
public struct PathParameters: Sendable {
  var values: [(name: String, value: String)] = []
  public init() {}
  public subscript(name: String) -> String { values.first { $0.name == name }?.value ?? "" }
}
