import EventLoop

/// One protocol on an accepted connection. Loop thread only.
protocol ServerProtocol: AnyObject {
  func received(_ bytes: UnsafeRawBufferPointer)
  func endOfInput()
  func writable()
  func drain()
  /// The connection is gone: ends what is open.
  func abandon()
}

/// An accepted connection: looks at the first octets and hands over to HTTP/2 or HTTP/1.1 (RFC 9113 §3.3).
final class ServerConnection: TCPConnectionHandler {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private let core: ServerCore
  private let tcp: TCPConnection
  private var selected: (any ServerProtocol)?
  private var first: [UInt8] = []
  private lazy var idle = DeadlineAction { [unowned self] in tcp.close() }

  init(core: ServerCore, tcp: TCPConnection) {
    self.core = core
    self.tcp = tcp
    core.loop.deadlines.arm(idle, after: core.limits.head)
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    if let selected { return selected.received(bytes) }
    first.append(contentsOf: bytes)
    let isPrefix = zip(first, Self.preface).allSatisfy { $0 == $1 }
    if isPrefix && first.count < Self.preface.count { return }
    core.loop.deadlines.disarm(idle)
    let selected: any ServerProtocol =
      isPrefix ? HTTP2Server(core: core, tcp: tcp) : HTTP1Server(core: core, tcp: tcp)
    self.selected = selected
    if core.isDraining { selected.drain() }
    first.withUnsafeBytes { selected.received($0) }
    first = []
  }

  func endOfInput() {
    if let selected { selected.endOfInput() } else { tcp.close() }
  }

  func writable() { selected?.writable() }

  func drain() {
    if let selected { selected.drain() } else { tcp.close() }
  }

  func close() { tcp.close() }

  func closed(_ error: UVError?) {
    core.loop.deadlines.disarm(idle)
    selected?.abandon()
    core.remove(self)
  }
}
