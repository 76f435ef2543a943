import CNghttp2

/// nghttp2's callbacks for a client. User data is the unretained ``ClientConnection``, which deletes its session before it goes;
/// a stream's user data is the ``ClientStream`` that the connection owns until the stream has closed.
enum ClientCallbacks {
  // Made once, never changed after: any thread may read it.
  nonisolated(unsafe) static let table: OpaquePointer = {
    var table: OpaquePointer!
    nghttp2_session_callbacks_new(&table)
    nghttp2_session_callbacks_set_on_header_callback2(table) { session, frame, name, value, _, _ in
      guard let stream = stream(session, frame!.pointee.hd.stream_id) else { return 0 }
      let name = nghttp2_rcbuf_get_buf(name)
      let value = nghttp2_rcbuf_get_buf(value)
      stream.add(
        String(decoding: UnsafeBufferPointer(start: name.base, count: name.len), as: UTF8.self),
        String(decoding: UnsafeBufferPointer(start: value.base, count: value.len), as: UTF8.self))
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { session, _, id, data, length, _ in
      nghttp2_session_consume_connection(session, length)
      guard let stream = stream(session, id), !stream.isAbandoned else { return 0 }
      stream.call.received(UnsafeBufferPointer(start: data, count: length))
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { session, frame, user in
      let header = frame!.pointee.hd
      switch UInt32(header.type) {
      case NGHTTP2_SETTINGS.rawValue:
        connection(user).heardSettings = true
      case NGHTTP2_GOAWAY.rawValue:
        connection(user).goingAway()
      case NGHTTP2_PING.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
        connection(user).pinged()
      case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
        guard let stream = stream(session, header.stream_id), !stream.isAbandoned else { return 0 }
        if UInt32(header.type) == NGHTTP2_HEADERS.rawValue { stream.headersArrived() }
        if header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 { stream.ended() }
      default: break
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(table) { session, frame, _ in
      let header = frame!.pointee.hd
      if UInt32(header.type) == NGHTTP2_HEADERS.rawValue { stream(session, header.stream_id)?.isSent = true }
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(table) { session, id, error, user in
      guard let stream = stream(session, id) else { return 0 }
      connection(user).streamClosed(stream, error: error)
      return 0
    }
    return table
  }()

  static let readBody: nghttp2_data_source_read_callback = { _, _, buffer, length, flags, source, _ in
    let stream = Unmanaged<ClientStream>.fromOpaque(source!.pointee.ptr).takeUnretainedValue()
    let body = stream.call.request.body
    let count = min(length, body.count - stream.bodySent)
    body.withUnsafeBytes {
      UnsafeMutableRawPointer(buffer!).copyMemory(from: $0.baseAddress! + stream.bodySent, byteCount: count)
    }
    stream.bodySent += count
    if stream.bodySent == body.count { flags!.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) }
    return count
  }

  private static func connection(_ user: UnsafeMutableRawPointer?) -> ClientConnection {
    Unmanaged<ClientConnection>.fromOpaque(user!).takeUnretainedValue()
  }

  private static func stream(_ session: OpaquePointer?, _ id: Int32) -> ClientStream? {
    nghttp2_session_get_stream_user_data(session, id).map {
      Unmanaged<ClientStream>.fromOpaque($0).takeUnretainedValue()
    }
  }
}

extension ClientStream {
  fileprivate func add(_ name: String, _ value: String) {
    if hasHead {
      trailers.add(name, value)
    } else if name == ":status" {
      head.status = Int(value) ?? 0
    } else {
      head.headers.add(name, value)
    }
  }

  fileprivate func headersArrived() {
    if hasHead { return call.received(trailers: trailers) }
    if head.status < 200 {  // 100 Continue and the like: the head is still to come
      head = ClientCall.Head()
      return
    }
    hasHead = true
    call.received(head)
  }

  fileprivate func ended() {
    responseEnded = true
    call.finishedWhole()
    if bodySent < call.request.body.count { connection.stopSending(self) }
  }
}
