/// What a server serves: asked for a route as soon as a request's head has arrived, so that limits hold before the body does.
public protocol HTTPService: Sendable {
  /// `head` has no body yet.
  func route(_ head: HTTPRequest) -> HTTPRoute
}

/// How one request is to be handled.
public struct HTTPRoute: Sendable {
  public enum Handler: Sendable {
    /// Answers at once on the loop, without a task: for what never waits.
    case immediate(@Sendable (HTTPRequest) -> HTTPResponse)
    /// Runs in a task on the loop, cancelled when the peer resets the stream or ``deadline`` is over.
    case task(@Sendable (HTTPRequest) async -> HTTPResponse)
    /// Answers as soon as the head is there, whatever the body.
    case refusal(HTTPResponse)
  }

  public var handler: Handler
  /// Octets of the body at most; more is 413.
  public var bodyLimit: Int
  /// From the head's arrival until the response's head is there; nil sets none. Over it the answer is 503.
  public var deadline: Duration?
  public var parameters = PathParameters()

  public static let defaultBodyLimit = 1 << 20

  public init(
    bodyLimit: Int = defaultBodyLimit, deadline: Duration? = .seconds(30), handler: Handler
  ) {
    self.handler = handler
    self.bodyLimit = bodyLimit
    self.deadline = deadline
  }
}
