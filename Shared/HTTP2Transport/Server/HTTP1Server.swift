import EventLoop

/// The server's side of one HTTP/1.1 connection: one request after the other, pipelined ones wait. Loop thread only.
final class HTTP1Server: ServerProtocol, ExchangeSink, Flushable {
  private let core: ServerCore
  private let tcp: TCPConnection
  private let isFromLoopback: Bool
  private var parser: HTTP1Parser
  private var exchange: ServerExchange?
  private var requestEnded = false
  private var keepsAlive = true
  private var takesChunks = true
  private var pipe: BodyPipe?
  private var output: [UInt8] = []
  private var isDirty = false
  private var isClosed = false
  /// The answer is sent whole, and the connection closes once the rest of a body was read, or not in time.
  private var isLingering = false
  private var discarded = 0
  private lazy var timer = DeadlineAction { [unowned self] in timedOut() }

  init(core: ServerCore, tcp: TCPConnection) {
    self.core = core
    self.tcp = tcp
    isFromLoopback = tcp.isFromLoopback
    parser = HTTP1Parser(limits: core.limits)
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    if isLingering {
      discarded += bytes.count
      if discarded > core.limits.discardOctets { tcp.close() }
      return
    }
    parser.append(bytes)
    advance()
    // A request is under way and its body is here: what follows waits in the kernel.
    if exchange != nil, requestEnded { tcp.pauseReading() }
  }

  func endOfInput() {
    if exchange == nil || !requestEnded || isLingering { tcp.close() } else { keepsAlive = false }
  }

  func writable() { markDirty() }

  func drain() {
    keepsAlive = false
    if exchange == nil, !isLingering { tcp.closeAfterWriting() }
  }

  func abandon() {
    isClosed = true
    core.loop.deadlines.disarm(timer)
    exchange?.finished(whole: false)
    exchange = nil
  }

  private func advance() {
    while !isClosed, exchange == nil || !requestEnded, let event = parser.next() {
      switch event {
      case .head(let request, let head): begin(request, head)
      case .body(let bytes): bytes.withUnsafeBufferPointer { exchange?.bodyArrived($0) }
      case .end:
        requestEnded = true
        exchange?.requestEnded()
        finishIfSent()
      case .invalid(let problem): refuse(problem)
      }
    }
    guard exchange == nil, !isLingering, !isClosed else { return }
    core.loop.deadlines.arm(timer, after: parser.isIdle ? core.limits.idle : core.limits.head)
  }

  private func begin(_ request: HTTPRequest, _ head: HTTP1Parser.Head) {
    core.loop.deadlines.disarm(timer)
    var request = request
    request.isFromLoopback = isFromLoopback
    requestEnded = false
    keepsAlive = head.keepsAlive && !core.isDraining
    takesChunks = head.takesChunks
    let exchange = ServerExchange(core: core, sink: self, request: request)
    self.exchange = exchange
    exchange.headArrived(contentLength: head.contentLength)
    if head.expectsContinue, !exchange.hasResponded {
      output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
      markDirty()
    }
  }

  /// What is not HTTP has no exchange: the refusal goes straight out.
  private func refuse(_ problem: Problem) {
    guard exchange?.hasResponded != true else { return tcp.close() }
    exchange?.finished(whole: false)
    exchange = nil
    keepsAlive = false
    writeHead(problem.response, isHead: false, length: body(problem.response).count)
    output.append(contentsOf: body(problem.response))
    core.observer?(HTTPRequest(.other("-"), "-"), problem.status, .zero)
    linger()
  }

  private func timedOut() {
    if isLingering || parser.isIdle { return tcp.close() }
    refuse(Problem(408, "The head of the request did not come in time."))
  }

  // What the exchange answers.

  func send(_ response: HTTPResponse, pipe: BodyPipe?, for exchange: ServerExchange) {
    let isHead = exchange.request.method == .head
    if !requestEnded { keepsAlive = false }
    if let pipe {
      self.pipe = pipe
      if !takesChunks { keepsAlive = false }
      writeHead(response, isHead: isHead, length: nil)
      pipe.onAvailable = { [unowned self] in markDirty() }
    } else {
      let bytes = body(response)
      writeHead(response, isHead: isHead, length: bytes.count)
      if !isHead { output.append(contentsOf: bytes) }
    }
    markDirty()
    finishIfSent()
  }

  func abort(_ exchange: ServerExchange) {
    flush()
    tcp.closeAfterWriting()
  }

  private func finishIfSent() {
    guard let exchange, exchange.hasResponded, pipe == nil else { return }
    guard requestEnded else { return linger() }
    exchange.finished(whole: true)
    self.exchange = nil
    if keepsAlive {
      // Not from here: this may be deep inside `advance`.
      markDirty()
    } else {
      isLingering = true
      markDirty()
    }
  }

  /// Reads on, so that the peer, still sending, gets the answer rather than a reset.
  private func linger() {
    isLingering = true
    core.loop.deadlines.arm(timer, after: core.limits.discardTime)
    markDirty()
  }

  private func body(_ response: HTTPResponse) -> [UInt8] {
    if case .bytes(let bytes) = response.body { bytes } else { [] }
  }

  private func writeHead(_ response: HTTPResponse, isHead: Bool, length: Int?) {
    output.append(contentsOf: "HTTP/1.1 \(response.status) \(Problem.reason(response.status))\r\n".utf8)
    for field in response.headers where !HeaderBlock.isConnectionSpecific(field.name) {
      output.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8)
    }
    if let length {
      if response.status != 204, response.status != 304, response.headers["content-length"] == nil {
        output.append(contentsOf: "content-length: \(length)\r\n".utf8)
      }
    } else if takesChunks {
      output.append(contentsOf: "transfer-encoding: chunked\r\n".utf8)
    }
    if !keepsAlive { output.append(contentsOf: "connection: close\r\n".utf8) }
    output.append(contentsOf: "\r\n".utf8)
  }

  private func markDirty() {
    guard !isDirty, !isClosed else { return }
    isDirty = true
    core.loop.flushAtTurnEnd(self)
  }

  func flush() {
    isDirty = false
    guard !isClosed, !tcp.isBlocked else { return }
    takeFromPipe()
    output.withUnsafeBytes { tcp.write($0) }
    output.removeAll(keepingCapacity: true)
    guard !isClosed, exchange == nil else { return }
    if isLingering {
      if requestEnded { tcp.closeAfterWriting() }
    } else if keepsAlive {
      tcp.resumeReading()
      advance()
    }
  }

  private func takeFromPipe() {
    guard let pipe else { return }
    if !pipe.isEmpty { appendChunk(pipe.takeAll()) }
    guard pipe.isEnded else { return }
    if takesChunks {
      output.append(contentsOf: "0\r\n".utf8)
      for field in pipe.trailers { output.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8) }
      output.append(contentsOf: "\r\n".utf8)
    }
    self.pipe = nil
    finishIfSent()
  }

  private func appendChunk(_ bytes: [UInt8]) {
    if takesChunks { output.append(contentsOf: "\(String(bytes.count, radix: 16))\r\n".utf8) }
    output.append(contentsOf: bytes)
    if takesChunks { output.append(contentsOf: "\r\n".utf8) }
  }
}
