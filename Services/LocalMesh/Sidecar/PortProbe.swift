import EventLoop

/// Finds out whether a port is open: connects and ends the connection without an octet, as daprd does.
enum PortProbe {
  static func isOpen(_ port: Int, on loop: EventLoop) async -> Bool {
    await withCheckedContinuation { continuation in
      loop.execute {
        let attempt = Attempt(continuation)
        attempt.connection = TCPConnection.connect(loop: loop, port: UInt16(port), handler: attempt)
      }
    }
  }

  /// Loop thread only.
  private final class Attempt: TCPConnectionHandler {
    var connection: TCPConnection?
    private var continuation: CheckedContinuation<Bool, Never>?

    init(_ continuation: CheckedContinuation<Bool, Never>) { self.continuation = continuation }

    func writable() {
      answer(true)
      connection?.close()
    }
    func received(_ bytes: UnsafeRawBufferPointer) {}
    func endOfInput() {}
    func closed(_ error: UVError?) {
      answer(false)
      connection = nil
    }

    private func answer(_ isOpen: Bool) {
      continuation?.resume(returning: isOpen)
      continuation = nil
    }
  }
}
