/// What every call to a sidecar takes beside its arguments.
public struct CallOptions: Sendable {
  /// How long to wait for the answer; then the stream is reset, which daprd hands on to a waiting statement of PostgreSQL.
  public var deadline: Duration
  /// The W3C trace that the call belongs to, as the value of the `traceparent` header.
  public var traceparent: String?

  public init(deadline: Duration = .seconds(5), traceparent: String? = nil) {
    self.deadline = deadline
    self.traceparent = traceparent
  }
}
