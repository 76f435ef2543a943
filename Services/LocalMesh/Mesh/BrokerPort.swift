import Synchronization

/// The broker's port, opened and closed as its process would start and end.
final class BrokerPort: FaultyPart {
  private let server: BrokerServer
  /// What lies behind the port.
  let log: BrokerLog
  private let up = Mutex(false)

  init(_ server: BrokerServer, log: BrokerLog) {
    self.server = server
    self.log = log
  }

  var isUp: Bool { up.withLock { $0 } }

  func open() async throws {
    try await server.open()
    up.withLock { $0 = true }
  }

  func close() async {
    up.withLock { $0 = false }
    await server.close()
  }
}
