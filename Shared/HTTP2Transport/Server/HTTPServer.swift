import EventLoop

/// Serves HTTP/2 with prior knowledge and HTTP/1.1 on one port of one event loop, until drained or closed.
public final class HTTPServer: Sendable {
  /// Told of each response when its head goes out.
  public typealias Observer = @Sendable (_ request: HTTPRequest, _ status: Int, _ taken: Duration) -> Void

  private let loop: EventLoop
  private let core: ServerCore
  public let port: UInt16

  private init(loop: EventLoop, core: ServerCore, port: UInt16) {
    self.loop = loop
    self.core = core
    self.port = port
  }

  /// Listens on `host:port`; port 0 takes a free one. `sharesPort` lets several loops listen on one port.
  public static func start(
    on loop: EventLoop, host: String = "127.0.0.1", port: UInt16, service: some HTTPService,
    limits: ServerLimits = ServerLimits(), sharesPort: Bool = false, observer: Observer? = nil
  ) async throws -> HTTPServer {
    try await loop.run {
      let core = ServerCore(loop: loop, service: service, limits: limits, observer: observer)
      let port = try core.listen(host: host, port: port, sharesPort: sharesPort)
      return HTTPServer(loop: loop, core: core, port: port)
    }
  }

  /// Stops accepting, tells every peer (GOAWAY(2³¹−1), 100 ms, GOAWAY(last); `Connection: close`), lets what is open end and
  /// closes. After `grace` what is still open is cancelled.
  public func drain(for grace: Duration) async {
    await withCheckedContinuation { continuation in
      loop.execute { [core] in core.drain(for: grace) { continuation.resume() } }
    }
  }

  /// Ends everything without a word, as daprd does at SIGTERM.
  public func closeAtOnce() {
    loop.execute { [core] in core.closeAtOnce() }
  }
}

/// The server's state on its loop.
final class ServerCore: @unchecked Sendable {
  // @unchecked: only the loop's thread touches it; HTTPServer reaches it by `loop.execute`.
  let loop: EventLoop
  let service: any HTTPService
  let limits: ServerLimits
  let observer: HTTPServer.Observer?
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  /// Handlers under way, also those whose connection is gone.
  var handlers = 0 { didSet { finishDrainIfIdle() } }
  var bodyOctets = 0
  private(set) var isDraining = false
  private var drained: (() -> Void)?
  private var drainDeadline: Deadline?

  init(loop: EventLoop, service: any HTTPService, limits: ServerLimits, observer: HTTPServer.Observer?) {
    self.loop = loop
    self.service = service
    self.limits = limits
    self.observer = observer
  }

  func listen(host: String, port: UInt16, sharesPort: Bool) throws(UVError) -> UInt16 {
    let listener = try TCPListener(loop: loop, host: host, port: port, sharesPort: sharesPort) { tcp in
      let connection = ServerConnection(core: self, tcp: tcp)
      if self.connections.count >= self.limits.connections { tcp.close() }
      self.connections[ObjectIdentifier(connection)] = connection
      return connection
    }
    self.listener = listener
    return listener.port
  }

  func remove(_ connection: ServerConnection) {
    connections[ObjectIdentifier(connection)] = nil
    finishDrainIfIdle()
  }

  func drain(for grace: Duration, done: @escaping () -> Void) {
    listener?.close()
    listener = nil
    isDraining = true
    drained = done
    let deadline = DeadlineAction { [unowned self] in closeAtOnce() }
    drainDeadline = deadline
    loop.deadlines.arm(deadline, after: grace)
    for connection in connections.values { connection.drain() }
    finishDrainIfIdle()
  }

  func closeAtOnce() {
    listener?.close()
    listener = nil
    for connection in connections.values { connection.close() }
    finishDrain()
  }

  private func finishDrainIfIdle() {
    if isDraining, connections.isEmpty, handlers == 0 { finishDrain() }
  }

  private func finishDrain() {
    if let drainDeadline { loop.deadlines.disarm(drainDeadline) }
    drainDeadline = nil
    let done = drained
    drained = nil
    done?()
  }
}
