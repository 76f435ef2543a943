import CUV
import Glibc

/// Accepts connections on one address. Loop thread only.
public final class TCPListener {
  private let loop: EventLoop
  private let tcp = UnsafeMutablePointer<uv_tcp_t>.allocateHandle()
  private let accept: (TCPConnection) -> any TCPConnectionHandler
  private var isOpen = true
  /// The bound port, also when 0 was asked for.
  public private(set) var port: UInt16 = 0

  /// Binds and listens. `accept` gives each new connection its handler.
  public init(
    loop: EventLoop, host: String = "127.0.0.1", port: UInt16, sharesPort: Bool = false,
    accept: @escaping (TCPConnection) -> any TCPConnectionHandler
  ) throws(UVError) {
    loop.preconditionCurrent()
    self.loop = loop
    self.accept = accept
    // _ex makes the socket now, so that options can be set before bind.
    try UVError.check(uv_tcp_init_ex(loop.loop, tcp, UInt32(AF_INET)), "make a socket")
    tcp.retainOwner(self)
    do {
      if sharesPort { setOption(SO_REUSEPORT) }
      let place = "listen on \(host):\(port)"
      try UVError.check(withSocketAddress(host: host, port: port) { uv_tcp_bind(tcp, $0, 0) }, place)
      try UVError.check(
        uv_listen(tcp.stream, 1024) { server, status in
          guard status == 0 else { return }
          owner(server!.pointee.data, as: TCPListener.self).acceptOne()
        }, place)
      self.port = boundPort()
    } catch {
      close()
      throw error
    }
  }

  /// Stops accepting; accepted connections live on.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    tcp.closeHandle()
  }

  private func acceptOne() {
    let connection = TCPConnection(loop: loop)
    guard uv_accept(tcp.stream, connection.tcp.stream) == 0 else { return connection.close() }
    connection.handler = accept(connection)
    connection.start()
  }

  private func setOption(_ option: Int32) {
    var descriptor: uv_os_fd_t = -1
    uv_fileno(tcp.handle, &descriptor)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, option, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  private func boundPort() -> UInt16 {
    var address = sockaddr_in()
    var length = Int32(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { uv_tcp_getsockname(tcp, $0.cast(to: sockaddr.self), &length) }
    return UInt16(bigEndian: address.sin_port)
  }
}
