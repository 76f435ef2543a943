import EventLoop
import Foundation
import Glibc
import HTTP2Transport
import JSON
import Synchronization
import Testing

/// A whole mesh as a black box on ports of its own, as `ops/up` runs it.
final class Mesh: Sendable {
  let data: String
  let portOffset: Int
  /// Held for as long as the mesh; nil when its caller chose the ports.
  private let ports: PortRange?
  private let loop = EventLoop(name: "mesh")
  private let clients: EventLoop
  let api: HTTPClient
  private let process = Mutex<Int32>(0)
  private let log = Mutex<[String]>([])
  private let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation

  private enum Event: Sendable {
    case ready
    case ended(ChildProcess.ExitStatus)
    /// Nothing else has come in time.
    case late
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts a mesh; `data` of an earlier one continues it.
  static func start(
    data: String? = nil, portOffset: Int? = nil, root: String = Mesh.root, arguments: [String] = [],
    environment: [String: String] = [:]
  ) async throws -> Mesh {
    let folder = data ?? NSTemporaryDirectory() + "taskmesh-\(UUID().uuidString)"
    let ports = portOffset == nil ? try PortRange() : nil
    let mesh = Mesh(data: folder, portOffset: ports?.offset ?? portOffset ?? 0, ports: ports)
    try await mesh.launch(root: root, arguments: arguments, environment: environment)
    return mesh
  }

  private init(data: String, portOffset: Int, ports: PortRange?) {
    self.data = data
    self.portOffset = portOffset
    self.ports = ports
    clients = EventLoop(name: "mesh-client")
    api = HTTPClient(loop: clients, port: UInt16(8080 + portOffset))
    (events, continuation) = AsyncStream.makeStream()
  }

  private func launch(root: String, arguments: [String], environment: [String: String]) async throws {
    let bin = Self.bin
    var variables = ["PATH": "/usr/bin:/bin", "TASKMESH_PARENT": String(getpid())]
    variables.merge(environment) { $1 }
    try await loop.run { [self, variables] in
      let child = try ChildProcess(
        loop: loop, executable: bin + "/local-mesh",
        arguments: ["--root", root, "--bin", bin, "--data", data, "--port-offset", String(portOffset)] + arguments,
        environment: variables,
        line: { [self] line in
          let text = String(decoding: line, as: UTF8.self)
          log.withLock { $0.append(text) }
          if text == "ready" { continuation.yield(.ready) }
        }, exited: { [self] status in continuation.yield(.ended(status)) })
      process.withLock { $0 = child.id }
    }
    switch await nextEvent(within: .seconds(60)) {
    case .ready: return
    case .late: throw Failure(description: "the mesh was not ready in a minute:\n\(output)")
    case .ended(let status): throw Failure(description: "the mesh ended with \(status):\n\(output)")
    case nil: throw Failure(description: "no news of the mesh:\n\(output)")
    }
  }

  private func nextEvent(within limit: Duration) async -> Event? {
    let alarm = Task { [continuation] in
      try await Task.sleep(for: limit)
      continuation.yield(.late)
    }
    defer { alarm.cancel() }
    var iterator = events.makeAsyncIterator()
    return await iterator.next()
  }

  /// Everything printed so far.
  var output: String { log.withLock { $0.joined(separator: "\n") } }

  var supervisor: Int32 { process.withLock { $0 } }

  /// SIGTERM; returns how it ended.
  @discardableResult
  func stop() async -> ChildProcess.ExitStatus? {
    kill(supervisor, SIGTERM)
    return await ending()
  }

  /// SIGKILL to the supervisor alone: the daemons must end by themselves.
  func killSupervisor() async {
    kill(supervisor, SIGKILL)
    _ = await ending()
  }

  /// nil when it has not ended in time; then it is killed.
  private func ending() async -> ChildProcess.ExitStatus? {
    while let event = await nextEvent(within: .seconds(20)) {
      switch event {
      case .ended(let status): return status
      case .ready: continue
      case .late:
        kill(supervisor, SIGKILL)
        return nil
      }
    }
    return nil
  }

  /// Ends the mesh and takes its data away.
  func discard() async {
    await stop()
    try? FileManager.default.removeItem(atPath: data)
  }

  /// The checkout.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Where the executables of this build lie: beside the test bundle.
  static let bin = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
}
