import EventLoop

/// Sends what an exchange answers, in the manner of its protocol. Loop thread only.
protocol ExchangeSink: AnyObject {
  func send(_ response: HTTPResponse, pipe: BodyPipe?, for exchange: ServerExchange)
  /// Ends the exchange so that the peer sees that it is not whole.
  func abort(_ exchange: ServerExchange)
}

/// One request and its response. Loop thread only.
final class ServerExchange: Deadline, @unchecked Sendable {
  // @unchecked: its handler's task carries it, and runs on the loop.
  private let core: ServerCore
  private unowned let sink: any ExchangeSink
  var request: HTTPRequest
  private var route: HTTPRoute?
  private let began: ContinuousClock.Instant?
  private var task: Task<Void, Never>?
  private var pipe: BodyPipe?
  /// Set when the response has been handed to the sink: nothing of the body is of interest any more.
  private(set) var hasResponded = false
  private var isOver = false
  /// The HTTP/2 stream it lives on; 0 on HTTP/1.1.
  let streamID: Int32

  init(core: ServerCore, sink: any ExchangeSink, request: HTTPRequest, streamID: Int32 = 0) {
    self.core = core
    self.sink = sink
    self.request = request
    self.streamID = streamID
    began = core.observer == nil ? nil : .now
  }

  /// The head is whole: chooses the route, or refuses.
  func headArrived(contentLength: Int?) {
    let route = core.service.route(request)
    if case .refusal(let response) = route.handler { return respond(response) }
    if let contentLength, contentLength > route.bodyLimit { return refuseBody(limit: route.bodyLimit) }
    self.route = route
    request.parameters = route.parameters
    // A length is only said: room is made for so much at most.
    if let contentLength { request.body.reserveCapacity(min(contentLength, 256 << 10)) }
    if let limit = route.deadline { core.loop.deadlines.arm(self, after: limit) }
  }

  func bodyArrived(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard !hasResponded, let route else { return }
    if request.body.count + bytes.count > route.bodyLimit { return refuseBody(limit: route.bodyLimit) }
    if core.bodyOctets + bytes.count > core.limits.bodiesInMemory {
      return respond(Problem(503, "Too many bodies are in memory.", headers: ["retry-after": "1"]).response)
    }
    core.bodyOctets += bytes.count
    request.body.append(contentsOf: bytes)
  }

  /// The request is whole: runs its handler.
  func requestEnded() {
    guard !hasResponded, let route else { return }
    switch route.handler {
    case .refusal(let response): respond(response)
    case .immediate(let handler): respond(handler(request))
    case .task(let handler):
      core.handlers += 1
      task = Task.immediate(executorPreference: core.loop) { [request] in
        await self.handle(handler, request)
        self.core.handlers -= 1
      }
    }
  }

  private func handle(
    _ handler: @Sendable (HTTPRequest) async -> HTTPResponse, _ request: HTTPRequest
  ) async {
    let response = await handler(request)
    guard !hasResponded, !isOver else { return }
    guard case .stream(let write) = response.body, request.method != .head else { return respond(response) }
    let pipe = BodyPipe(loop: core.loop)
    self.pipe = pipe
    respond(response)
    do {
      try await write(pipe)
      pipe.end()
    } catch {
      if !isOver { sink.abort(self) }
    }
  }

  func respond(_ response: HTTPResponse) {
    guard !hasResponded, !isOver else { return }
    hasResponded = true
    forgetBody()
    core.loop.deadlines.disarm(self)
    if let began { core.observer?(request, response.status, began.duration(to: .now)) }
    sink.send(response, pipe: pipe, for: self)
  }

  /// Everything is sent, or the peer or the connection is gone. Called once by the sink.
  func finished(whole: Bool) {
    guard !isOver else { return }
    isOver = true
    forgetBody()
    core.loop.deadlines.disarm(self)
    if !whole {
      pipe?.fail()
      task?.cancel()
    }
  }

  private func refuseBody(limit: Int) {
    respond(Problem(413, "The body may have \(limit) octets at most.").response)
  }

  /// The route's deadline is over.
  override func expired() {
    task?.cancel()
    respond(Problem(503, "The request took too long.", headers: ["retry-after": "1"]).response)
  }

  private func forgetBody() {
    core.bodyOctets -= request.body.count
    request.body = []
  }
}
