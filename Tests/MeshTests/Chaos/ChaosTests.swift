import EventLoop
import Foundation
import Glibc
import HTTP2Transport
import Testing

/// Twenty people use a mesh while everything that can befall it does. Afterwards every promise is held against what is there.
///
/// `TASKMESH_CHAOS_SECONDS` (180) is how long it goes on; `TASKMESH_CHAOS_SEED` chooses the faults and their times.
@Suite(.serialized) struct ChaosTests {
  private static let clients = 20
  private static let owners = (0..<6).map { "owner-\($0)" }
  private static let sharedTasks = 6
  /// By when the mesh has come right by itself once nothing befalls it any more: looking at all that a long run has made takes
  /// its time too.
  private static func recovery(_ duration: Duration) -> Duration { .seconds(90) + duration / 10 }

  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  @Test func whatWasAcknowledgedIsKeptWhateverBefalls() async throws {
    let seconds = Self.setting("TASKMESH_CHAOS_SECONDS") ?? 180
    let seed = Self.setting("TASKMESH_CHAOS_SEED") ?? UInt64.random(in: 0..<1_000_000)
    say("seed \(seed), \(seconds) s")
    let mesh = try await ChaosMesh()
    let ledger = Ledger()
    var broken: [String]
    do {
      broken = try await run(mesh, ledger, seed, .seconds(Int(seconds)))
    } catch {
      broken = ["\(error)"]
    }
    await mesh.stop()
    if broken.isEmpty { return mesh.discard() }
    try mesh.keep()
    try ledger.write(to: mesh.data + "/ledger.txt")
    for line in broken.prefix(20) { Issue.record("\(line)") }
    Issue.record(
      "\(broken.count) promises were broken; seed \(seed); the data are kept in \(mesh.data), with mesh.log and ledger.txt"
    )
  }

  /// - Returns: what was broken.
  private func run(_ mesh: ChaosMesh, _ ledger: Ledger, _ seed: UInt64, _ duration: Duration) async throws -> [String] {
    let loop = EventLoop(name: "callers")
    let secret = try mesh.mesh.secret("jwt-secret")
    let caller = { (name: String) in
      try Caller(name: name, ports: mesh.apiPorts, secret: secret, loop: loop, ledger: ledger)
    }
    let feeds = try Self.owners.map { owner in
      FeedReader(
        owner: owner, token: try mesh.mesh.token(for: owner, expiresIn: 86_400),
        replicas: mesh.apiPorts.map { HTTPClient(loop: loop, port: UInt16($0)) })
    }
    let listening = feeds.map { feed in Task { await feed.run() } }
    defer { for task in listening { task.cancel() } }
    try await until("all listen") { feeds.allSatisfy(\.heard.hasJoined) }
    let host = try caller("host")
    var shared: [ChaosClient.SharedTask] = []
    for owner in Self.owners.prefix(Self.sharedTasks) {
      let made = await host.perform(.create, owner: owner, patience: .until(.now + .seconds(10)))
      guard let id = made.operation.task else { return ["no task could be made at the start: \(made.operation)"] }
      shared.append(ChaosClient.SharedTask(id: id, owner: owner))
    }
    let injector = FaultInjector(mesh)
    let schedule = FaultSchedule(seed: seed, duration: duration, daemons: ChaosMesh.daemons)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup { group in
      for lane in schedule.lanes { group.addTask { try await injector.run(lane, from: start) } }
      for number in 0..<Self.clients {
        var client = ChaosClient(
          try caller("client-\(number)"), owner: Self.owners[number % Self.owners.count], shared: shared,
          seed: seed &+ UInt64(number) &+ 1, end: start + duration)
        group.addTask { await client.run() }
      }
      let progress = Task {
        while (try? await Task.sleep(for: .seconds(5))) != nil {
          say(
            "\(Self.whole(start.duration(to: .now))) s: \(LedgerCounts(ledger.operations)); \(Self.text(injector.counts))"
          )
        }
      }
      defer { progress.cancel() }
      try await group.waitForAll()
    }
    try mesh.heal()
    let afterwards = try await check(mesh, ledger, feeds, within: Self.recovery(duration))
    if !afterwards.isEmpty { return afterwards }

    let doubts = ledger.operations.filter { $0.isWrite && $0.outcome == .inDoubt && !$0.isInBatch }
    say("\(doubts.count) writes in doubt are repeated")
    for operation in doubts { await host.settle(operation, by: .now + .seconds(20)) }
    let settled = try await check(mesh, ledger, feeds, within: Self.recovery(duration))
    return settled + weaknesses(mesh, ledger, injector, duration)
  }

  /// What is broken once the mesh had the time to come right.
  private func check(_ mesh: ChaosMesh, _ ledger: Ledger, _ feeds: [FeedReader], within limit: Duration) async throws
    -> [String]
  {
    let end = ContinuousClock.now + limit
    while true {
      do {
        let contents = try await MeshContents(of: mesh.mesh, owners: Self.owners)
        let promises = Promises(ledger: ledger, contents: contents, feeds: feeds)
        let outstanding = promises.outstanding
        if outstanding.isEmpty || .now > end {
          say("\(contents.store.count) tasks, \(contents.reminders.count) reminders are looked at")
          return promises.broken
        }
        say("\(outstanding.count) things are to come yet, such as \(outstanding[0])")
      } catch  where ContinuousClock.now < end {
        say("the mesh does not answer yet: \(error)")
      }
      try await Task.sleep(for: .seconds(2))
    }
  }

  /// Why a run proves little, though it broke nothing.
  private func weaknesses(
    _ mesh: ChaosMesh, _ ledger: Ledger, _ injector: FaultInjector, _ duration: Duration
  ) -> [String] {
    let counts = LedgerCounts(ledger.operations)
    let log = mesh.output
    let takeovers = log.count(of: "taking over the journal of a process that ended")
    let losses = log.count(of: "journal lost to another process")
    say("\(counts); \(takeovers) journals taken over, \(losses) lost; faults: \(Self.text(injector.counts))")
    let seconds = Int(duration.components.seconds)
    var weak: [String] = []
    if counts.acknowledged < seconds * 3 { weak.append("only \(counts.acknowledged) writes were acknowledged") }
    if counts.settledDoubts == 0 { weak.append("no write was ever in doubt") }
    if counts.refused == 0 { weak.append("no write was refused") }
    if takeovers == 0 { weak.append("no journal was taken over") }
    // In two minutes every deck is dealt once.
    for kind in Fault.Kind.allCases where injector.counts[kind] == nil && seconds >= 120 {
      if kind == .fillDisk, mesh.indexDisk == nil { continue }
      weak.append("no fault of the kind \(kind)")
    }
    return weak
  }

  private static func text(_ counts: [Fault.Kind: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  private static func whole(_ duration: Duration) -> Int64 { duration.components.seconds }
}

/// Prints a line at once: a run is long, and people watch it.
func say(_ text: String) {
  let bytes = Array("chaos: \(text)\n".utf8)
  _ = write(STDOUT_FILENO, bytes, bytes.count)
}

extension String {
  fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
