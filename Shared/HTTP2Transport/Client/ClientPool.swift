import EventLoop

/// A client's connections. Loop thread only, but for what does not change.
final class ClientPool: @unchecked Sendable {
  // @unchecked: see above; callers reach it by `ClientCall.onLoop` and `loop.execute`.
  let loop: EventLoop
  private let host: String
  private let port: UInt16
  let settings: HTTPClient.Settings
  let authority: String
  private var connections: [ClientConnection] = []
  /// Calls that no connection has room for; each has a deadline, so the queue ends.
  private var waiting: [ClientCall] = []
  private var failures = 0
  private var closedUntil: ContinuousClock.Instant?
  private var lastFailure = ""

  init(loop: EventLoop, host: String, port: UInt16, settings: HTTPClient.Settings) {
    self.loop = loop
    self.host = host
    self.port = port
    self.settings = settings
    authority = "\(host):\(port)"
  }

  func start(_ call: ClientCall) {
    if let connection = connections.filter(\.hasRoom).min(by: { $0.openStreams < $1.openStreams }) {
      // A second connection would halve nothing: streams share one until it is full.
      return connection.start(call)
    }
    if connections.count >= settings.connections {
      waiting.append(call)
      return
    }
    if let closedUntil, ContinuousClock.now < closedUntil, connections.isEmpty {
      return call.finish(.unreachable("\(authority): \(lastFailure)"))
    }
    let connection = ClientConnection(pool: self)
    connections.append(connection)
    connection.connect(host: host, port: port)
    connection.start(call)
  }

  /// A call that waits here is given up by its caller.
  func forget(_ call: ClientCall) { waiting.removeAll { $0 === call } }

  func connected() {
    failures = 0
    closedUntil = nil
  }

  func roomMade() {
    while !waiting.isEmpty, connections.contains(where: \.hasRoom) { start(waiting.removeFirst()) }
  }

  /// `error` is nil when the connection ended in order.
  func ended(_ connection: ClientConnection, wasUp: Bool, error: String?) {
    connections.removeAll { $0 === connection }
    if !wasUp {
      lastFailure = error ?? "closed"
      failures += 1
      let pause = min(settings.backoff.upperBound, settings.backoff.lowerBound * (1 << min(failures - 1, 10)))
      closedUntil = .now + pause * Double.random(in: 0.5...1)
    }
    let calls = waiting
    waiting = []
    for call in calls { start(call) }
  }

  func close() {
    for connection in connections { connection.close() }
    connections = []
  }
}
