import EventLoop
import HTTP2Transport
import Synchronization

/// A sidecar's port, opened and closed as daprd's process would start and end.
actor SidecarPort: FaultyPart {
  private let loop: EventLoop
  private let sidecar: Sidecar
  private let port: Int
  private let name: String
  private let start: AppStart
  private let subscriber: Subscriber
  private var server: HTTPServer?
  private var life: Task<Void, Never>?
  private let up = Mutex(false)

  /// - Parameters:
  ///   - name: the replica's.
  ///   - subscriber: the app's, one for all of its replicas.
  init(loop: EventLoop, sidecar: Sidecar, port: Int, name: String, start: AppStart, subscriber: Subscriber) {
    self.loop = loop
    self.sidecar = sidecar
    self.port = port
    self.name = name
    self.start = start
    self.subscriber = subscriber
  }

  nonisolated var isUp: Bool { up.withLock { $0 } }

  /// Listens, asks the app what daprd asks at its start, then delivers and calls what the app wants. Throws when the port is taken.
  func open() async throws {
    guard server == nil else { return }
    sidecar.enter(.starting)
    server = try await HTTPServer.start(on: loop, port: UInt16(port), service: sidecar, limits: Self.limits)
    up.withLock { $0 = true }
    life = Task(executorPreference: loop) { [sidecar, name, start, subscriber] in
      guard let wishes = try? await start.ask() else { return }
      sidecar.enter(.ready)
      await subscriber.join(
        Subscribers.Member(name: name, channel: start.channel, subscriptions: wishes.subscriptions))
      await withTaskGroup(of: Void.self) { group in
        for binding in wishes.bindings {
          group.addTask { try? await binding.run(start.channel, clock: start.clock) }
        }
      }
    }
  }

  /// Ends every connection without GOAWAY, whatever is under way, as daprd does at SIGTERM. Returns once no delivery is under way.
  func close() async {
    sidecar.enter(.stopping)
    up.withLock { $0 = false }
    server?.closeAtOnce()
    server = nil
    let ending = life
    life = nil
    ending?.cancel()
    await ending?.value
    await subscriber.leave(name)
  }

  private static let limits: ServerLimits = {
    var limits = ServerLimits()
    limits.streamsPerConnection = 250
    return limits
  }()
}
