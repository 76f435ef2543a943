import EventLoop
import Glibc

/// The broker's port: Kafka's protocol over a ``BrokerLog``, on one event loop.
///
/// `close()` and `open()` may follow each other: clients then meet a broker that is down and one that is back.
final class BrokerServer: @unchecked Sendable {
  // @unchecked: what changes is touched on the loop alone.
  private let loop: EventLoop
  private let log: BrokerLog
  private let groups: GroupCoordinator
  private let settings: BrokerSettings
  private let now: @Sendable () -> Int64
  private let report: @Sendable (String) -> Void
  private var port: UInt16
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: BrokerConnection] = [:]
  private var expiry: LoopTimer?

  /// How often old records are dropped.
  private static let expiryInterval = Duration.seconds(60)

  /// - Parameters:
  ///   - loop: one of its own; the log's thread does what blocks.
  ///   - now: milliseconds since 1970, UTC.
  ///   - report: takes lines that a person should see: what is refused, and why a connection ended.
  init(
    log: BrokerLog, settings: BrokerSettings, loop: EventLoop, now: @escaping @Sendable () -> Int64 = wallClock,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.log = log
    self.settings = settings
    self.loop = loop
    self.now = now
    self.report = report
    port = settings.port
    groups = GroupCoordinator(loop: loop, initialDelay: settings.initialRebalanceDelay)
  }

  /// Listens and returns the port, which stays the same from the first time on; throws `UVError` when it is taken. Nothing
  /// changes when it is open already.
  @discardableResult
  func open() async throws -> UInt16 {
    try await loop.run { [self] in
      if listener == nil { try listen() }
      return port
    }
  }

  /// Ends every connection at once and listens no more. The log stays.
  func close() async {
    await withCheckedContinuation { continuation in
      loop.execute { [self] in
        listener?.close()
        listener = nil
        expiry?.cancel()
        expiry = nil
        for connection in connections.values { connection.close() }
        continuation.resume()
      }
    }
    await groups.close()
  }

  private func listen() throws {
    let opened = try TCPListener(loop: loop, host: settings.host, port: port) { [self] in accept($0) }
    listener = opened
    port = opened.port
    expire()
    expiry = LoopTimer(loop: loop, after: Self.expiryInterval, repeating: true) { [weak self] in self?.expire() }
  }

  private func accept(_ tcp: TCPConnection) -> BrokerConnection {
    let requests = BrokerRequests(
      log: log, groups: groups, settings: settings, port: port, loop: loop, now: now, report: report)
    let connection = BrokerConnection(tcp: tcp, requests: requests) { [weak self] in
      self?.connections[ObjectIdentifier($0)] = nil
    }
    connections[ObjectIdentifier(connection)] = connection
    return connection
  }

  private func expire() {
    Task { [log, now, report] in
      do { try await log.expire(now: now()) } catch { report("old records were not dropped: \(error)") }
    }
  }

  /// Milliseconds since 1970, UTC.
  static func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
