import Daemon
import EventLoop
import Foundation
import JSON
import Synchronization
import Testing

/// A mesh whose daemons die at named points, and what its callers were told.
final class StoppableMesh: Sendable {
  static let owners = ["ada", "bob", "cleo"]

  let mesh: Mesh
  let ledger = Ledger()
  private let folder: RunFolder
  /// Holds a file for each point at which the next process to come there dies.
  private let stops: String
  private let loop = EventLoop(name: "callers")
  private let deaths = Mutex(0)
  private let names = Mutex(0)

  private static func start(replicas: String? = nil) async throws -> StoppableMesh {
    let stops = NSTemporaryDirectory() + "stops-\(Foundation.UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: stops, withIntermediateDirectories: true)
    let points = StopPoint.allCases.map(\.rawValue).joined(separator: ",")
    let order = ["TASKMESH_STOP_AT": "\(points)@\(stops)"]
    let apps = ["task-api", "search-indexer", "recurrence-engine", "notifier"]
    let folder = try RunFolder.hurried(Dictionary(uniqueKeysWithValues: apps.map { ($0, order) }))
    let mesh = try await Mesh.start(
      root: folder.path,
      arguments: ["--restart-step", "20"] + (replicas.map { ["--replicas", $0] } ?? []))
    return StoppableMesh(mesh, folder, stops: stops)
  }

  private init(_ mesh: Mesh, _ folder: RunFolder, stops: String) {
    self.mesh = mesh
    self.folder = folder
    self.stops = stops
  }

  /// Does `round` with a mesh as often as `TASKMESH_STOP_ROUNDS` says (2); after each the promises must be kept.
  static func rounds(
    replicas: String? = nil, _ round: (StoppableMesh) async throws -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let rounds = try #require(
      Int(ProcessEnvironment.variables["TASKMESH_STOP_ROUNDS"] ?? "2"), "TASKMESH_STOP_ROUNDS is a whole number")
    let stoppable = try await start(replicas: replicas)
    do {
      for _ in 0..<rounds {
        try await round(stoppable)
        try await stoppable.expectPromisesKept(location)
      }
    } catch { Issue.record("\(error)\n\(stoppable.mesh.output)", sourceLocation: location) }
    await stoppable.discard()
  }

  private func discard() async {
    await mesh.discard()
    folder.discard()
    try? FileManager.default.removeItem(atPath: stops)
  }

  /// A caller of one replica of task-api.
  func caller(replica: Int = 0) throws -> Caller {
    let name = names.withLock { count in
      count += 1
      return "caller\(count)"
    }
    return try Caller(
      name: name, ports: [8080 + mesh.portOffset + 100 * replica], secret: try mesh.secret("jwt-secret"), loop: loop,
      ledger: ledger)
  }

  private func file(_ point: StopPoint) -> String { "\(stops)/\(point.rawValue)" }

  /// The next process that comes to the point dies there.
  func arm(_ point: StopPoint) throws { try Data().write(to: URL(fileURLWithPath: file(point))) }

  /// Whether no process has come to the point yet.
  func isArmed(_ point: StopPoint) -> Bool { access(file(point), F_OK) == 0 }

  /// Returns once a process has come to the point, died there and is started again.
  func death(at point: StopPoint, within limit: Duration = .seconds(20)) async throws {
    try await until("a process comes to \(point.rawValue)", within: limit) { !isArmed(point) }
    let count = deaths.withLock { count in
      count += 1
      return count
    }
    try await until("it dies there") { supervised("ended by signal 9") == count }
  }

  private func supervised(_ words: String) -> Int { mesh.output.split(separator: "\n").count { $0.contains(words) } }

  /// Waits until all is done that was left undone, has callers repeat what they were left in doubt about, and holds what
  /// they were told against what is there.
  private func expectPromisesKept(_ location: SourceLocation) async throws {
    // Before any is repeated: writes in doubt are there or not, alike everywhere.
    try await settle()
    let caller = try caller()
    for operation in ledger.operations where operation.isWrite && operation.outcome == .inDoubt {
      let settled = await caller.settle(operation, by: .now + .seconds(20))
      #expect(settled.outcome != .inDoubt, "\(settled)", sourceLocation: location)
    }
    let (promises, contents) = try await settle()
    #expect(promises.broken == [], sourceLocation: location)
    for owner in Self.owners { try await expectCounts(owner, contents, location) }
    // Nothing has died but what was to.
    #expect(supervised("starting it again") == deaths.withLock { $0 }, "\(mesh.output)", sourceLocation: location)
  }

  /// What is there once nothing is outstanding.
  @discardableResult
  private func settle() async throws -> (Promises, MeshContents) {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      // A daemon that is being started answers nobody.
      if let contents = try? await MeshContents(of: mesh, owners: Self.owners) {
        let promises = Promises(ledger: ledger, contents: contents)
        if promises.outstanding.isEmpty { return (promises, contents) }
        guard ContinuousClock.now < end else {
          throw NeverHeld(description: "outstanding for 30 s: \(promises.outstanding)")
        }
      } else if ContinuousClock.now >= end {
        throw NeverHeld(description: "the mesh has not answered for 30 s")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// What the index counts, it has counted once; and it includes what its token names.
  private func expectCounts(_ owner: String, _ contents: MeshContents, _ location: SourceLocation) async throws {
    let made = try await mesh.create("counted", owner: owner)
    let list = try await mesh.call(.get, "/tasks?after=\(made.token)&limit=1&sort=-createdAt", owner: owner)
    #expect(list["items"]?[0]?["id"] == made["id"], "\(list)", sourceLocation: location)
    let own = contents.store.values.filter { $0["owner"] == .string(owner) && $0["deletedAt"]?.isNull ?? true }
    #expect(list["total"]?.int == own.count + 1, sourceLocation: location)
    let lists = try await mesh.call(.get, "/lists", owner: owner)["items"]?.elements ?? []
    let done = own.count { $0["status"] == "done" }
    #expect(lists.reduce(0) { $0 + ($1["open"]?.int ?? 0) } == own.count + 1 - done, sourceLocation: location)
    #expect(lists.reduce(0) { $0 + ($1["done"]?.int ?? 0) } == done, sourceLocation: location)
  }
}
