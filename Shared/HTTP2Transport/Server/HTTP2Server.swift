import CNghttp2
import EventLoop

/// The server's side of one HTTP/2 connection. Loop thread only.
final class HTTP2Server: ServerProtocol, ExchangeSink, Flushable {
  let core: ServerCore
  private let tcp: TCPConnection
  private var session: OpaquePointer!
  /// The open streams: nghttp2 holds unretained pointers to them, this dictionary owns them.
  private var streams: [Int32: HTTP2ServerStream] = [:]
  private let block = HeaderBlock()
  private var skipped = SkippedStreams()
  private var isDirty = false
  private var isClosed = false
  private var isGoingAway = false
  private(set) var isFromLoopback = false
  private lazy var idle = DeadlineAction { [unowned self] in goAway() }

  init(core: ServerCore, tcp: TCPConnection) {
    self.core = core
    self.tcp = tcp
    isFromLoopback = tcp.isFromLoopback
    var option: OpaquePointer?
    nghttp2_option_new(&option)
    defer { nghttp2_option_del(option) }
    // Rapid reset (CVE-2023-44487): a burst of 1,000, then 100 a second.
    nghttp2_option_set_stream_reset_rate_limit(option, 1000, 100)
    nghttp2_session_server_new2(
      &session, HTTP2ServerCallbacks.table, Unmanaged.passUnretained(self).toOpaque(), option)
    var settings = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: UInt32(core.limits.streamsPerConnection)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: UInt32(ServerLimits.hardHeaderList)),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: 1 << 20),
    ]
    nghttp2_submit_settings(session, 0, &settings, settings.count)
    nghttp2_session_set_local_window_size(session, 0, 0, 4 << 20)
    armIdle()
    markDirty()
  }

  deinit { nghttp2_session_del(session) }

  func received(_ bytes: UnsafeRawBufferPointer) {
    let count = nghttp2_session_mem_recv(session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if count < 0 {
      return tcp.close()  // not HTTP/2 at all, or a flood
    }
    markDirty()
  }

  func endOfInput() { tcp.close() }
  func writable() { markDirty() }

  func drain() {
    nghttp2_submit_shutdown_notice(session)
    markDirty()
    LoopTimer(loop: core.loop, after: .milliseconds(100)) { [weak self] in self?.goAway() }
  }

  /// Says which streams are still served; the connection closes when they have ended.
  private func goAway() {
    guard !isClosed else { return }
    nghttp2_submit_goaway(
      session, 0, nghttp2_session_get_last_proc_stream_id(session), UInt32(NGHTTP2_NO_ERROR.rawValue), nil, 0)
    isGoingAway = true
    markDirty()
  }

  func abandon() {
    isClosed = true
    core.loop.deadlines.disarm(idle)
    let open = streams.values
    streams = [:]
    for stream in open {
      stream.disarmDiscard(core.loop)
      stream.exchange.finished(whole: false)
    }
  }

  // What the callbacks report.

  func headersBegin(_ id: Int32) {
    guard skipped.contains(id) else { return }
    nghttp2_session_terminate_session(session, UInt32(NGHTTP2_PROTOCOL_ERROR.rawValue))
    markDirty()
  }

  func opened(_ id: Int32) -> HTTP2ServerStream {
    skipped.opened(id)
    let stream = HTTP2ServerStream(id: id, connection: self)
    streams[id] = stream
    core.loop.deadlines.disarm(idle)
    return stream
  }

  func closed(_ stream: HTTP2ServerStream, error: UInt32) {
    guard streams.removeValue(forKey: stream.id) != nil else { return }
    stream.disarmDiscard(core.loop)
    stream.exchange.finished(whole: error == UInt32(NGHTTP2_NO_ERROR.rawValue))
    if streams.isEmpty { armIdle() }
  }

  private func armIdle() { core.loop.deadlines.arm(idle, after: core.limits.idle) }

  // What exchanges answer.

  func send(_ response: HTTPResponse, pipe: BodyPipe?, for exchange: ServerExchange) {
    guard let stream = streams[exchange.streamID] else { return }
    block.reset()
    block.add(":status", String(response.status))
    block.add(response.headers)
    let hasBody: Bool
    if let pipe {
      hasBody = true
      stream.body = .pipe(pipe)
      pipe.onAvailable = { [unowned self, unowned stream] in
        nghttp2_session_resume_data(session, stream.id)
        markDirty()
      }
    } else {
      let bytes: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }
      if response.status != 204, response.status != 304, response.headers["content-length"] == nil {
        block.add("content-length", String(bytes.count))
      }
      hasBody = !bytes.isEmpty && exchange.request.method != .head
      stream.body = .bytes(bytes)
    }
    var provider = nghttp2_data_provider()
    provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
    provider.read_callback = HTTP2ServerCallbacks.readBody
    _ = block.withFields { fields, count in
      withUnsafePointer(to: provider) { nghttp2_submit_response(session, stream.id, fields, count, hasBody ? $0 : nil) }
    }
    if !stream.requestEnded { stream.armDiscard(core) }
    markDirty()
  }

  func abort(_ exchange: ServerExchange) {
    guard let stream = streams[exchange.streamID] else { return }
    reset(stream, NGHTTP2_INTERNAL_ERROR)
  }

  func reset(_ stream: HTTP2ServerStream, _ code: nghttp2_error_code) {
    guard streams[stream.id] != nil else { return }
    nghttp2_submit_rst_stream(session, 0, stream.id, UInt32(code.rawValue))
    markDirty()
  }

  /// `100 Continue` for a client that waits for it before it sends a body.
  func sendContinue(_ stream: HTTP2ServerStream) {
    block.reset()
    block.add(":status", "100")
    _ = block.withFields { nghttp2_submit_headers(session, 0, stream.id, nil, $0, $1, nil) }
    markDirty()
  }

  func submitTrailers(_ stream: HTTP2ServerStream, _ trailers: HTTPHeaders) {
    block.reset()
    block.add(trailers)
    _ = block.withFields { nghttp2_submit_trailer(session, stream.id, $0, $1) }
  }

  // Output, once a turn.

  private func markDirty() {
    guard !isDirty, !isClosed else { return }
    isDirty = true
    core.loop.flushAtTurnEnd(self)
  }

  func flush() {
    isDirty = false
    guard !isClosed, !tcp.isBlocked else { return }
    let output = core.loop.output
    output.fill(from: session)
    tcp.write(output.bytes)
    if output.isFull, !tcp.isBlocked { return markDirty() }
    let isDone = nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    if isDone || (isGoingAway && streams.isEmpty) { tcp.closeAfterWriting() }
  }
}

/// One stream of a server's connection. Loop thread only.
final class HTTP2ServerStream {
  enum Body {
    case bytes([UInt8])
    case pipe(BodyPipe)
  }

  let id: Int32
  unowned let connection: HTTP2Server
  let exchange: ServerExchange
  var body = Body.bytes([])
  var sent = 0
  var headerOctets = 0
  var requestEnded = false
  var contentLength: Int?
  var expectsContinue = false
  var scheme = ""
  private var discarded = 0
  private var discardDeadline: Deadline?

  init(id: Int32, connection: HTTP2Server) {
    self.id = id
    self.connection = connection
    var request = HTTPRequest(.get, "")
    request.isFromLoopback = connection.isFromLoopback
    exchange = ServerExchange(core: connection.core, sink: connection, request: request, streamID: id)
  }

  /// The answer is on its way while the body still comes: reads on for a while, then says that no more is wanted.
  func armDiscard(_ core: ServerCore) {
    let deadline = DeadlineAction { [unowned self] in connection.reset(self, NGHTTP2_NO_ERROR) }
    discardDeadline = deadline
    core.loop.deadlines.arm(deadline, after: core.limits.discardTime)
  }

  func disarmDiscard(_ loop: EventLoop) {
    if let discardDeadline { loop.deadlines.disarm(discardDeadline) }
    discardDeadline = nil
  }

  func discard(_ count: Int) {
    discarded += count
    if discarded > connection.core.limits.discardOctets { connection.reset(self, NGHTTP2_NO_ERROR) }
  }
}
