import EventLoop

/// Calls one server over HTTP/2 with prior knowledge: a few connections on one loop, many streams on each.
///
/// A connection is made when the first request needs it, and another when the peer's limit of streams is reached. After a
/// failed attempt requests fail at once until the backoff is over, so that a dead peer costs its callers nothing.
public final class HTTPClient: Sendable {
  public struct Settings: Sendable {
    public var connections = 4
    /// Octets of a response's body that ``HTTPClient/send(_:deadline:)`` takes at most.
    public var bodyLimit = 64 << 20
    /// The pause after a failed attempt to connect doubles from the first to the last, with jitter.
    public var backoff: ClosedRange<Duration> = .milliseconds(20) ... .seconds(2)
    /// With streams open and nothing heard for so long, a PING asks; unanswered for as long again, the connection is given up.
    public var pingAfter: Duration = .seconds(10)

    public init() {}
  }

  private let loop: EventLoop
  private let pool: ClientPool

  public init(loop: EventLoop, host: String = "127.0.0.1", port: UInt16, settings: Settings = Settings()) {
    self.loop = loop
    pool = ClientPool(loop: loop, host: host, port: port, settings: settings)
  }

  deinit { loop.execute { [pool] in pool.close() } }

  /// Sends a request and returns the whole response. Cancelling the calling task, or the deadline, resets the stream. What the
  /// peer says that it did not do is sent again over another connection while the deadline lasts.
  public func send(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPClientResponse {
    let stream = try await open(request, deadline: deadline, coversBody: true)
    var body: [UInt8] = []
    while let chunk = try await stream.next() {
      if body.isEmpty { body = chunk } else { body.append(contentsOf: chunk) }
      if body.count > pool.settings.bodyLimit {
        stream.cancel()
        throw .badResponse("the body has more than \(pool.settings.bodyLimit) octets")
      }
    }
    return HTTPClientResponse(status: stream.status, headers: stream.headers, body: body, trailers: stream.trailers)
  }

  /// Sends a request and returns once the response's head is there; `deadline` is for the head alone.
  public func open(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPResponseStream {
    try await open(request, deadline: deadline, coversBody: false)
  }

  private func open(
    _ request: HTTPRequest, deadline: Duration, coversBody: Bool
  ) async throws(HTTPClientError) -> HTTPResponseStream {
    let end = ContinuousClock.now + deadline
    var attempts = 0
    while true {
      attempts += 1
      do {
        let call = ClientCall(pool: pool, request: request, deadline: end, coversBody: coversBody)
        let head = try await call.head()
        return HTTPResponseStream(call: call, head: head)
      } catch .lost(_, mayHaveRun: false) where attempts < 3 && ContinuousClock.now < end {
        continue
      }
    }
  }

  /// Ends every connection; what is open fails.
  public func close() async {
    await withCheckedContinuation { continuation in
      loop.execute { [pool] in
        pool.close()
        continuation.resume()
      }
    }
  }
}

/// A response whose body is read piece by piece.
public final class HTTPResponseStream: Sendable {
  private let call: ClientCall
  public let status: Int
  public let headers: HTTPHeaders

  init(call: ClientCall, head: ClientCall.Head) {
    self.call = call
    status = head.status
    headers = head.headers
  }

  /// The next octets as they come, nil at the end. Throws when the body is cut. Not to be called from two tasks at once.
  public func next() async throws(HTTPClientError) -> [UInt8]? { try await call.chunk() }

  /// The fields after the body; complete once ``next()`` has returned nil.
  public var trailers: HTTPHeaders { call.trailers }

  /// Resets the stream unless it has ended.
  public func cancel() { call.cancel() }

  deinit { call.cancel() }
}
