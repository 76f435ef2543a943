import Foundation
import Glibc
import Synchronization

/// A mesh of two replicas each of task-api and notifier, with short leases, whose daemons have clocks of their own, and
/// that can be killed and started again.
final class ChaosMesh: Sendable {
  static let daemons = [
    "task-api", "task-api-1", "search-indexer", "recurrence-engine", "notifier", "notifier-1",
  ]
  /// Where Debian's libfaketime lies.
  private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

  let data: String
  let portOffset: Int
  let faults: Faults
  /// nil where mounting is refused.
  let indexDisk: IndexDisk?
  private let root: RunFolder
  private let ports: PortRange
  private let current: Mutex<Mesh>
  private let logs = Mutex<[String]>([])

  init() async throws {
    guard access(Self.library, R_OK) == 0 else {
      throw NeverHeld(description: "\(Self.library) is not there: install Debian's package faketime")
    }
    data = NSTemporaryDirectory() + "taskmesh-chaos-\(UUID().uuidString)"
    indexDisk = try IndexDisk(data + "/search-indexer")
    faults = try Faults()
    root = try RunFolder.hurried()
    ports = try PortRange(replicas: 2)
    portOffset = ports.offset
    try Self.wrapDaemons(in: root, clocks: data + "/clocks")
    for daemon in Self.daemons { try Self.setClock(of: daemon, offset: portOffset, in: data, wrongBy: 0) }
    current = Mutex(try await Self.start(data, portOffset, root, faults))
  }

  private static func start(_ data: String, _ portOffset: Int, _ root: RunFolder, _ faults: Faults) async throws -> Mesh
  {
    try await Mesh.start(
      data: data, portOffset: portOffset, root: root.path,
      arguments: ["--replicas", "task-api=2,notifier=2", "--restart-step", "100"], environment: faults.environment)
  }

  /// Has each daemon started by a shell that gives it a clock by its port, and leaves SIGXFSZ ignored.
  private static func wrapDaemons(in root: RunFolder, clocks: String) throws {
    try FileManager.default.createDirectory(atPath: clocks, withIntermediateDirectories: true)
    let script = """
      trap '' XFSZ
      export LD_PRELOAD=\(library) DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_CACHE_DURATION=1
      export FAKETIME_TIMESTAMP_FILE=\(clocks)/$APP_PORT
      # Left by a process of this number that was killed; libfaketime would wait for its lock for ever.
      rm -f /dev/shm/faketime_shm_$$ /dev/shm/sem.faketime_sem_$$
      echo $$ >>\(clocks)/processes
      exec "$0"

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: root.path + "/daemon.sh"))
    let file = URL(fileURLWithPath: root.path + "/dapr.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    // `sh FILE` would make $0 the file.
    let wrapped = text.replacing(/command: \["([a-z-]+)"\]/) { match in
      "command: [\"/bin/sh\", \"-c\", \". \(root.path)/daemon.sh\", \"\(Mesh.bin)/\(match.1)\"]"
    }
    try Data(wrapped.utf8).write(to: file)
  }

  var mesh: Mesh { current.withLock { $0 } }
  var supervisor: Int32 { mesh.supervisor }

  /// The ports of task-api's replicas.
  var apiPorts: [Int] { [8080 + portOffset, 8180 + portOffset] }

  /// The process of a daemon; nil while it has none.
  func process(of daemon: String) async -> Int32? {
    guard let port = Self.port(of: daemon, offset: portOffset) else { return nil }
    return Processes.children(of: supervisor).first { Processes.environment(of: $0)["APP_PORT"] == "\(port)" }
  }

  /// By how many seconds a daemon's clock may be wrong. librdkafka waits up to times of the clock, and libfaketime does not
  /// translate that: behind the time its calls would end at once, before it they last so much longer.
  static func clockErrors(of daemon: String) -> ClosedRange<Int> {
    let readsKafka = daemon.hasPrefix("task-api") || daemon.hasPrefix("search-indexer")
    return readsKafka ? 0...30 : -120...120
  }

  /// From now on a daemon's clock is wrong by so many seconds.
  func setClock(of daemon: String, wrongBy seconds: Int) throws {
    try Self.setClock(of: daemon, offset: portOffset, in: data, wrongBy: seconds)
  }

  private static func setClock(of daemon: String, offset: Int, in data: String, wrongBy seconds: Int) throws {
    guard let port = port(of: daemon, offset: offset) else { return }
    try Data("\(seconds >= 0 ? "+" : "")\(seconds)\n".utf8)
      .write(to: URL(fileURLWithPath: "\(data)/clocks/\(port)"), options: .atomic)
  }

  private static func port(of daemon: String, offset: Int) -> Int? {
    let isSecond = daemon.hasSuffix("-1")
    let app = isSecond ? String(daemon.dropLast(2)) : daemon
    return ["task-api", "search-indexer", "recurrence-engine", "notifier"].firstIndex(of: app)
      .map { 8080 + $0 + offset + (isSecond ? 100 : 0) }
  }

  /// kill −9 of LocalMesh, whose daemons end by themselves; then another on the same data.
  func killAndStartAgain() async throws {
    let old = mesh
    await old.killSupervisor()
    logs.withLock { $0.append(old.output) }
    let new = try await Self.start(data, portOffset, root, faults)
    current.withLock { $0 = new }
  }

  /// Everything printed so far, by every LocalMesh.
  var output: String { (logs.withLock { $0 } + [mesh.output]).joined(separator: "\n") }

  /// Ends all faults that last.
  func heal() throws {
    for daemon in Self.daemons { try setClock(of: daemon, wrongBy: 0) }
  }

  func stop() async {
    await mesh.stop()
    let processes = (try? String(contentsOfFile: data + "/clocks/processes", encoding: .utf8)) ?? ""
    for process in processes.split(separator: "\n") {
      for name in ["faketime_shm_", "sem.faketime_sem_"] { unlink("/dev/shm/\(name)\(process)") }
    }
    faults.discard()
    root.discard()
  }

  /// Leaves the data as plain files. Call when it has stopped.
  func keep() throws {
    try indexDisk?.keep()
    try output.write(toFile: data + "/mesh.log", atomically: true, encoding: .utf8)
  }

  /// Takes the data away. Call when it has stopped.
  func discard() {
    indexDisk?.discard()
    try? FileManager.default.removeItem(atPath: data)
  }
}
