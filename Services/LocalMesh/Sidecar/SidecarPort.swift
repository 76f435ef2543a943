import EventLoop
import HTTP2Transport
import Synchronization

/// A sidecar's port, opened and closed as daprd's process would start and end.
actor SidecarPort: FaultyPart {
  private let loop: EventLoop
  private let sidecar: Sidecar
  private let port: Int
  private let channel: AppChannel
  private var server: HTTPServer?
  private var appStart: Task<Void, Never>?
  private let up = Mutex(false)

  init(loop: EventLoop, sidecar: Sidecar, port: Int, channel: AppChannel) {
    self.loop = loop
    self.sidecar = sidecar
    self.port = port
    self.channel = channel
  }

  nonisolated var isUp: Bool { up.withLock { $0 } }

  /// Listens, and asks the app what daprd asks at its start. Throws when the port is taken.
  func open() async throws {
    guard server == nil else { return }
    sidecar.enter(.starting)
    server = try await HTTPServer.start(on: loop, port: UInt16(port), service: sidecar, limits: Self.limits)
    up.withLock { $0 = true }
    appStart = Task { [sidecar, channel] in
      guard await AppStart.ask(channel) else { return }
      sidecar.enter(.ready)
    }
  }

  /// Ends every connection without GOAWAY, whatever is under way, as daprd does at SIGTERM.
  func close() {
    sidecar.enter(.stopping)
    up.withLock { $0 = false }
    appStart?.cancel()
    appStart = nil
    server?.closeAtOnce()
    server = nil
  }

  private static let limits: ServerLimits = {
    var limits = ServerLimits()
    limits.streamsPerConnection = 250
    return limits
  }()
}
