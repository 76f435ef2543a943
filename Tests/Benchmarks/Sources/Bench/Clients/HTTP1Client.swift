import EventLoop
import HTTP2Transport

/// A kept connection of HTTP/1.1, made anew after its peer has closed it.
final class HTTP1Client: Client, @unchecked Sendable {
  // @unchecked: everything is touched on the loop's thread alone, which `send` makes sure of.
  private let loop: EventLoop
  private let port: UInt16
  private var connection: HTTP1Connection?

  init(loop: EventLoop, port: UInt16) {
    self.loop = loop
    self.port = port
  }

  func send(_ request: HTTPRequest, deadline: Duration) async -> Answer {
    loop.preconditionCurrent()
    let connection: HTTP1Connection
    if let kept = self.connection, kept.isOpen {
      connection = kept
    } else {
      connection = HTTP1Connection(loop: loop, port: port)
      self.connection = connection
    }
    return await withCheckedContinuation { connection.send(request, deadline: deadline, $0) }
  }

  func close() async {
    loop.preconditionCurrent()
    connection?.close()
  }
}

/// Loop thread only.
private final class HTTP1Connection: TCPConnectionHandler {
  private let loop: EventLoop
  private let port: UInt16
  private var tcp: TCPConnection?
  private var isUp = false
  private var output: [UInt8] = []
  private var input: [UInt8] = []
  private var waiter: CheckedContinuation<Answer, Never>?
  private lazy var deadline = DeadlineAction { [unowned self] in close() }

  init(loop: EventLoop, port: UInt16) {
    self.loop = loop
    self.port = port
    tcp = TCPConnection.connect(loop: loop, port: port, handler: self)
  }

  var isOpen: Bool { tcp?.isOpen ?? false }

  func send(_ request: HTTPRequest, deadline: Duration, _ waiter: CheckedContinuation<Answer, Never>) {
    guard isOpen else { return waiter.resume(returning: .none) }
    self.waiter = waiter
    loop.deadlines.arm(self.deadline, after: deadline)
    output.append(contentsOf: "\(request.method) \(request.target) HTTP/1.1\r\nhost: 127.0.0.1:\(port)\r\n".utf8)
    for field in request.headers { output.append(contentsOf: "\(field.name): \(field.value)\r\n".utf8) }
    if !request.body.isEmpty { output.append(contentsOf: "content-length: \(request.body.count)\r\n".utf8) }
    output.append(contentsOf: "\r\n".utf8)
    output.append(contentsOf: request.body)
    if isUp { flush() }
  }

  func close() {
    tcp?.close()
    answer(.none)
  }

  private func flush() {
    output.withUnsafeBytes { tcp?.write($0) }
    output.removeAll(keepingCapacity: true)
  }

  private func answer(_ answer: Answer) {
    guard let waiter else { return }
    self.waiter = nil
    loop.deadlines.disarm(deadline)
    waiter.resume(returning: answer)
  }

  func writable() {
    isUp = true
    if !output.isEmpty { flush() }
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    input.append(contentsOf: bytes)
    switch HTTP1Answer.read(input) {
    case .incomplete: break
    case .unreadable: close()
    case .whole(let read):
      input.removeAll(keepingCapacity: true)
      if read.headers["connection"] == "close" { tcp?.close() }
      answer(read)
    }
  }

  func endOfInput() { close() }

  func closed(_ error: UVError?) { answer(.none) }
}
