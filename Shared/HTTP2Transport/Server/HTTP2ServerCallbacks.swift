import CNghttp2

/// nghttp2's callbacks for a server. They capture nothing: user data is the unretained ``HTTP2Server``, which deletes its session
/// before it goes; a stream's user data is the ``HTTP2ServerStream`` that the connection owns until the stream has closed.
enum HTTP2ServerCallbacks {
  // Made once, never changed after: any thread may read it.
  nonisolated(unsafe) static let table: OpaquePointer = {
    var table: OpaquePointer!
    nghttp2_session_callbacks_new(&table)
    nghttp2_session_callbacks_set_on_begin_frame_callback(table) { _, header, user in
      if header!.pointee.type == NGHTTP2_HEADERS.rawValue { connection(user).headersBegin(header!.pointee.stream_id) }
      return 0
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(table) { session, frame, user in
      let header = frame!.pointee.hd
      guard header.type == NGHTTP2_HEADERS.rawValue, frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else {
        return 0
      }
      let stream = connection(user).opened(header.stream_id)
      nghttp2_session_set_stream_user_data(session, header.stream_id, Unmanaged.passUnretained(stream).toOpaque())
      return 0
    }
    nghttp2_session_callbacks_set_on_header_callback2(table) { session, frame, name, value, _, _ in
      guard let stream = stream(session, frame!.pointee.hd.stream_id) else { return 0 }
      let name = nghttp2_rcbuf_get_buf(name)
      let value = nghttp2_rcbuf_get_buf(value)
      stream.add(
        UnsafeBufferPointer(start: name.base, count: name.len), UnsafeBufferPointer(start: value.base, count: value.len)
      )
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { session, _, id, data, length, _ in
      guard let stream = stream(session, id) else { return 0 }
      if stream.exchange.hasResponded {
        stream.discard(length)
      } else {
        stream.exchange.bodyArrived(UnsafeBufferPointer(start: data, count: length))
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { session, frame, _ in
      let header = frame!.pointee.hd
      guard header.type == NGHTTP2_HEADERS.rawValue || header.type == NGHTTP2_DATA.rawValue,
        let stream = stream(session, header.stream_id)
      else { return 0 }
      let isEnd = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
      if header.type == NGHTTP2_HEADERS.rawValue, frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
        stream.headArrived(isWhole: isEnd)
      }
      if isEnd {
        stream.requestEnded = true
        stream.exchange.requestEnded()
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(table) { session, id, error, user in
      guard let stream = stream(session, id) else { return 0 }
      connection(user).closed(stream, error: error)
      return 0
    }
    return table
  }()

  static let readBody: nghttp2_data_source_read_callback = { session, _, buffer, length, flags, source, user in
    let stream = Unmanaged<HTTP2ServerStream>.fromOpaque(source!.pointee.ptr).takeUnretainedValue()
    switch stream.body {
    case .bytes(let bytes):
      let count = min(length, bytes.count - stream.sent)
      bytes.withUnsafeBytes {
        UnsafeMutableRawPointer(buffer!).copyMemory(from: $0.baseAddress! + stream.sent, byteCount: count)
      }
      stream.sent += count
      if stream.sent == bytes.count { flags!.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) }
      return count
    case .pipe(let pipe):
      let count = pipe.take(into: buffer!, limit: length)
      guard pipe.isEmpty else { return count }
      if pipe.isEnded {
        flags!.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
        if pipe.trailers.count > 0 {
          flags!.pointee |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue)
          connection(user).submitTrailers(stream, pipe.trailers)
        }
        return count
      }
      return count == 0 ? Int(NGHTTP2_ERR_DEFERRED.rawValue) : count
    }
  }

  private static func connection(_ user: UnsafeMutableRawPointer?) -> HTTP2Server {
    Unmanaged<HTTP2Server>.fromOpaque(user!).takeUnretainedValue()
  }

  private static func stream(_ session: OpaquePointer?, _ id: Int32) -> HTTP2ServerStream? {
    nghttp2_session_get_stream_user_data(session, id).map {
      Unmanaged<HTTP2ServerStream>.fromOpaque($0).takeUnretainedValue()
    }
  }
}

extension HTTP2ServerStream {
  fileprivate func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
    headerOctets += name.count + value.count + 32
    guard headerOctets <= ServerLimits.hardHeaderList, let first = name.first else { return }
    let text = String(decoding: value, as: UTF8.self)
    guard first == UInt8(ascii: ":") else {
      let name = String(decoding: name, as: UTF8.self)
      switch name {
      case "content-length": contentLength = Int(text)
      case "expect": expectsContinue = text == "100-continue"
      // Cookie crumbs are one field to whoever reads them (RFC 9113 §8.2.3).
      case "cookie":
        if let cookie = exchange.request.headers["cookie"] {
          exchange.request.headers["cookie"] = cookie + "; " + text
          return
        }
      case "host": if exchange.request.authority.isEmpty { exchange.request.authority = text }
      default: break
      }
      return exchange.request.headers.add(name, text)
    }
    switch name[1] {
    case UInt8(ascii: "m"): exchange.request.method = HTTPMethod(text)
    case UInt8(ascii: "p"): exchange.request.target = text
    case UInt8(ascii: "a"): exchange.request.authority = text
    default: break
    }
  }

  fileprivate func headArrived(isWhole: Bool) {
    let limits = connection.core.limits
    if exchange.request.target.utf8.count > limits.target {
      return exchange.respond(Problem(414, "The target may have \(limits.target) octets at most.").response)
    }
    if headerOctets > limits.headerList {
      return exchange.respond(Problem(431, "The header list may have \(limits.headerList) octets at most.").response)
    }
    exchange.headArrived(contentLength: contentLength)
    if expectsContinue, !isWhole, !exchange.hasResponded { connection.sendContinue(self) }
  }
}
