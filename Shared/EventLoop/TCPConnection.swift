import CUV
import Glibc

/// What happens on a connection. Every call comes on the loop's thread, `closed` last and once.
public protocol TCPConnectionHandler: AnyObject {
  /// An outgoing connection is up; also called when everything written so far has gone out.
  func writable()
  /// The bytes are valid during the call alone.
  func received(_ bytes: UnsafeRawBufferPointer)
  /// The peer sends no more; it may still read.
  func endOfInput()
  /// The connection is gone; nil when this side closed it.
  func closed(_ error: UVError?)
}

/// One TCP byte stream with TCP_NODELAY. Loop thread only; open until ``close()`` or an error.
public final class TCPConnection {
  public let loop: EventLoop
  /// Set by whoever accepts or connects, before the first callback.
  public var handler: (any TCPConnectionHandler)?
  let tcp = UnsafeMutablePointer<uv_tcp_t>.allocateHandle()
  private var state = State.idle
  private var failure: UVError?
  private var closesWhenWritten = false

  private enum State { case idle, reading, paused, closing }

  init(loop: EventLoop) {
    loop.preconditionCurrent()
    self.loop = loop
    uv_tcp_init(loop.loop, tcp)
    tcp.retainOwner(self)
  }

  /// Connects to a numeric IPv4 address; the handler learns the end by `writable` or `closed`.
  public static func connect(
    loop: EventLoop, host: String = "127.0.0.1", port: UInt16, handler: any TCPConnectionHandler
  ) -> TCPConnection {
    let connection = TCPConnection(loop: loop)
    connection.handler = handler
    let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    let code = withSocketAddress(host: host, port: port) { address in
      uv_tcp_connect(request, connection.tcp, address) { request, status in
        let connection = owner(request!.pointee.handle.pointee.data, as: TCPConnection.self)
        request!.deallocate()
        guard status == 0 else { return connection.fail(status, "connect") }
        connection.start()
        connection.handler?.writable()
      }
    }
    if code < 0 {
      request.deallocate()
      connection.fail(code, "connect to \(host):\(port)")
    }
    return connection
  }

  func start() {
    guard state == .idle else { return }
    uv_tcp_nodelay(tcp, 1)
    resumeReading()
  }

  /// True while an earlier write has not gone out whole, and after the end.
  public var isBlocked: Bool { state == .closing || uv_stream_get_write_queue_size(tcp.stream) > 0 }
  public var isOpen: Bool { state != .closing }

  /// The peer's IPv4 address; nil once the connection is gone.
  public var peerAddress: String? {
    var storage = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer -> String? in
      let address = pointer.cast(to: sockaddr.self)
      guard isOpen, uv_tcp_getpeername(tcp, address, &length) == 0 else { return nil }
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text -> String? in
        guard uv_ip_name(address, text.baseAddress, 64) == 0 else { return nil }
        return String(cString: text.baseAddress!)
      }
    }
  }

  /// Whether the peer is on this machine's loopback interface; false once the connection is gone.
  public var isFromLoopback: Bool { peerAddress?.hasPrefix("127.") ?? false }

  /// Writes what the kernel takes at once and keeps a copy of the rest.
  public func write(_ bytes: UnsafeRawBufferPointer) {
    guard isOpen, let start = bytes.baseAddress, bytes.count > 0 else { return }
    let base = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: CChar.self))
    var sent = 0
    if uv_stream_get_write_queue_size(tcp.stream) == 0 {
      var buffer = uv_buf_t(base: base, len: bytes.count)
      let code = uv_try_write(tcp.stream, &buffer, 1)
      if code < 0, code != UV_EAGAIN.rawValue { return fail(code, "write") }
      sent = max(0, Int(code))
      if sent == bytes.count { return }
    }
    // One allocation holds the request and the rest of the bytes; the callback frees it.
    let rest = bytes.count - sent
    let size = MemoryLayout<uv_write_t>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + rest, alignment: 16)
    (memory + size).copyMemory(from: base + sent, byteCount: rest)
    var buffer = uv_buf_t(base: (memory + size).assumingMemoryBound(to: CChar.self), len: rest)
    let code = uv_write(memory.assumingMemoryBound(to: uv_write_t.self), tcp.stream, &buffer, 1) { request, status in
      let connection = owner(request!.pointee.handle.pointee.data, as: TCPConnection.self)
      UnsafeMutableRawPointer(request!).deallocate()
      connection.wrote(status)
    }
    if code < 0 {
      memory.deallocate()
      fail(code, "write")
    }
  }

  private func wrote(_ status: Int32) {
    guard isOpen else { return }
    if status < 0 { return fail(status, "write") }
    guard !isBlocked else { return }
    if closesWhenWritten { close() } else { handler?.writable() }
  }

  public func pauseReading() {
    guard state == .reading else { return }
    state = .paused
    uv_read_stop(tcp.stream)
  }

  public func resumeReading() {
    guard state == .idle || state == .paused else { return }
    state = .reading
    uv_read_start(
      tcp.stream,
      { handle, _, buffer in
        let connection = owner(handle!.pointee.data, as: TCPConnection.self)
        buffer!.pointee = uv_buf_t(base: connection.loop.readBuffer, len: EventLoop.readSize)
      },
      { stream, count, buffer in
        let connection = owner(stream!.pointee.data, as: TCPConnection.self)
        if count > 0 {
          connection.handler?.received(UnsafeRawBufferPointer(start: buffer!.pointee.base, count: count))
        } else if count == Int(UV_EOF.rawValue) {
          connection.pauseReading()
          connection.handler?.endOfInput()
        } else if count < 0 {
          connection.fail(Int32(count), "read")
        }
      })
  }

  public func close() {
    guard isOpen else { return }
    state = .closing
    uv_close(tcp.handle) { handle in
      let connection = Unmanaged<TCPConnection>.fromOpaque(handle!.pointee.data).takeRetainedValue()
      connection.tcp.deallocate()
      let handler = connection.handler
      connection.handler = nil  // a handler holds its connection: the circle ends here
      handler?.closed(connection.failure)
    }
  }

  /// Closes once everything written has gone out.
  public func closeAfterWriting() {
    if isBlocked { closesWhenWritten = true } else { close() }
  }

  private func fail(_ code: Int32, _ operation: String) {
    guard isOpen else { return }
    failure = UVError(code: code, operation: operation)
    close()
  }
}

func withSocketAddress(
  host: String, port: UInt16, _ body: (UnsafePointer<sockaddr>) -> Int32
) -> Int32 {
  var address = sockaddr_in()
  let code = uv_ip4_addr(host, Int32(port), &address)
  if code < 0 { return code }
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
  }
}
