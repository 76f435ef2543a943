import CNghttp2
import EventLoop

/// The client's side of one HTTP/2 connection. Loop thread only.
final class ClientConnection: TCPConnectionHandler, Flushable {
  private let pool: ClientPool
  private var session: OpaquePointer!
  private var tcp: TCPConnection?
  private var streams: [Int32: ClientStream] = [:]
  private let block = HeaderBlock()
  private var isUp = false
  private var isClosed = false
  private var isGoingAway = false
  private var isDirty = false
  private var heard = ContinuousClock.now
  private var isPingOut = false
  private lazy var pulse = DeadlineAction { [unowned self] in checkPulse() }

  init(pool: ClientPool) {
    self.pool = pool
    var option: OpaquePointer?
    nghttp2_option_new(&option)
    defer { nghttp2_option_del(option) }
    // A body's window opens as its reader takes octets, so that a slow reader slows its stream alone.
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_session_client_new2(&session, ClientCallbacks.table, Unmanaged.passUnretained(self).toOpaque(), option)
    var settings = [
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: 1 << 20),
      nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: 64 << 10),
    ]
    nghttp2_submit_settings(session, 0, &settings, settings.count)
    nghttp2_session_set_local_window_size(session, 0, 0, 16 << 20)
  }

  deinit { nghttp2_session_del(session) }

  func connect(host: String, port: UInt16) {
    tcp = TCPConnection.connect(loop: pool.loop, host: host, port: port, handler: self)
  }

  var openStreams: Int { streams.count }

  /// Until the peer's SETTINGS have come, 100 streams are assumed (RFC 9113 §6.5.2 recommends no less).
  var hasRoom: Bool {
    guard !isClosed, !isGoingAway else { return false }
    let limit = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    return streams.count < min(Int(limit), heardSettings ? 1000 : 100)
      && nghttp2_session_check_request_allowed(session) != 0
  }
  var heardSettings = false

  func start(_ call: ClientCall) {
    let request = call.request
    block.reset()
    block.add(":method", request.method.description)
    block.add(":scheme", "http")
    block.add(":authority", request.authority.isEmpty ? pool.authority : request.authority)
    block.add(":path", request.target)
    block.add(request.headers)
    let hasBody = !request.body.isEmpty
    if request.headers["content-length"] == nil, hasBody || request.method == .post || request.method == .put {
      block.add("content-length", String(request.body.count))
    }
    let stream = ClientStream(call: call, connection: self)
    var provider = nghttp2_data_provider()
    provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
    provider.read_callback = ClientCallbacks.readBody
    let id = block.withFields { fields, count in
      withUnsafePointer(to: provider) { provider in
        nghttp2_submit_request(
          session, nil, fields, count, hasBody ? provider : nil, Unmanaged.passUnretained(stream).toOpaque())
      }
    }
    guard id > 0 else {
      return call.finish(
        .lost("the request cannot be sent: \(String(cString: nghttp2_strerror(id)))", mayHaveRun: false))
    }
    stream.id = id
    call.connection = self
    call.streamID = id
    streams[id] = stream
    if !pulse.isArmed {
      heard = .now
      pool.loop.deadlines.arm(pulse, after: pool.settings.pingAfter)
    }
    markDirty()
  }

  /// The caller is not interested any more.
  func reset(_ call: ClientCall) {
    guard let stream = streams[call.streamID], stream.call === call else { return }
    stream.isAbandoned = true
    nghttp2_submit_rst_stream(session, 0, call.streamID, UInt32(NGHTTP2_CANCEL.rawValue))
    markDirty()
  }

  func consumed(_ call: ClientCall, _ count: Int) {
    nghttp2_session_consume_stream(session, call.streamID, count)
    markDirty()
  }

  /// The response is whole while the request is not: nothing more of it is wanted.
  func stopSending(_ stream: ClientStream) {
    nghttp2_submit_rst_stream(session, 0, stream.id, UInt32(NGHTTP2_NO_ERROR.rawValue))
    markDirty()
  }

  func streamClosed(_ stream: ClientStream, error: UInt32) {
    streams[stream.id] = nil
    if !stream.isAbandoned {
      if stream.responseEnded {
        stream.call.finishedWhole()
      } else if error == UInt32(NGHTTP2_REFUSED_STREAM.rawValue) {
        stream.call.finish(.lost("refused by \(pool.authority)", mayHaveRun: false))
      } else {
        stream.call.finish(.lost("reset by \(pool.authority) with code \(error)", mayHaveRun: true))
      }
    }
    if isGoingAway, streams.isEmpty { return close() }
    pool.roomMade()
  }

  func goingAway() {
    isGoingAway = true
    if streams.isEmpty { close() }
  }

  func pinged() { isPingOut = false }

  private func checkPulse() {
    guard !streams.isEmpty, !isClosed else { return }
    let silence = heard.duration(to: .now)
    if silence >= pool.settings.pingAfter {
      if isPingOut { return close() }
      isPingOut = true
      nghttp2_submit_ping(session, 0, nil)
      markDirty()
    }
    pool.loop.deadlines.arm(pulse, after: pool.settings.pingAfter)
  }

  func close() {
    isGoingAway = true
    tcp?.close()
  }

  // What the socket reports.

  func received(_ bytes: UnsafeRawBufferPointer) {
    heard = .now
    let count = nghttp2_session_mem_recv(session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if count < 0 { close() } else { markDirty() }
  }

  func endOfInput() { close() }

  func writable() {
    if !isUp {
      isUp = true
      pool.connected()
    }
    markDirty()
  }

  func closed(_ error: UVError?) {
    isClosed = true
    pool.loop.deadlines.disarm(pulse)
    let open = streams.values
    streams = [:]
    let reason = error.map(\.description) ?? "the connection ended"
    for stream in open where !stream.isAbandoned {
      if !isUp {
        stream.call.finish(.unreachable("\(pool.authority): \(reason)"))
      } else if stream.responseEnded {
        stream.call.finishedWhole()
      } else {
        stream.call.finish(.lost("\(pool.authority): \(reason)", mayHaveRun: stream.isSent))
      }
    }
    pool.ended(self, wasUp: isUp, error: reason)
  }

  private func markDirty() {
    guard !isDirty, !isClosed else { return }
    isDirty = true
    pool.loop.flushAtTurnEnd(self)
  }

  func flush() {
    isDirty = false
    guard !isClosed, isUp, let tcp, !tcp.isBlocked else { return }
    let output = pool.loop.output
    output.fill(from: session)
    tcp.write(output.bytes)
    if output.isFull, !tcp.isBlocked { return markDirty() }
    if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 { close() }
  }
}

/// One stream of a client's connection. Loop thread only.
final class ClientStream {
  let call: ClientCall
  unowned let connection: ClientConnection
  var id: Int32 = 0
  var head = ClientCall.Head()
  var trailers: HTTPHeaders = [:]
  var hasHead = false
  var responseEnded = false
  /// HEADERS have left nghttp2: the peer may have begun.
  var isSent = false
  var bodySent = 0
  var isAbandoned = false

  init(call: ClientCall, connection: ClientConnection) {
    self.call = call
    self.connection = connection
  }
}
