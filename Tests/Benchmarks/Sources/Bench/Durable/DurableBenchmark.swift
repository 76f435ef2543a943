import EventLoop

/// `bench durable`: what a create costs when nothing acknowledged may be lost, beside SQLite's durable commits of one row, on
/// the disk as it is and on one whose commits take 2 ms longer.
struct DurableBenchmark: Sendable {
  private static let clients = [1, 50, 500]
  private static let halfRateClients = 50

  private let settings: DurableSettings
  private let loop = EventLoop(name: "load")
  private let workload = Workload()

  init(_ settings: DurableSettings) { self.settings = settings }

  func run() async throws -> DurableReport {
    var disks: [DurableReport.Disk] = []
    for (index, name) in ["as it is", "2 ms more a commit"].enumerated() {
      disks.append(try await measure(index, name))
    }
    return DurableReport(settings: settings, disks: disks)
  }

  private func measure(_ index: Int, _ name: String) async throws -> DurableReport.Disk {
    let offset = settings.portOffsets[index]
    let sidecars = try SidecarMetadata(
      loop: loop, portOffset: offset, secrets: settings.data[index] + "/secrets.json")
    let peer = SQLiteCommits(
      loop: loop, python: settings.python, script: settings.script, preload: index == 0 ? nil : settings.slowDisk,
      database: settings.data[index] + ".peer.sqlite")
    let target = Target(
      name: Target.http1, service: Taskmesh(workload),
      connect: { [loop] in HTTP1Client(loop: loop, port: UInt16(8080 + offset)) })
    var commits: [Double] = []
    var creates = Self.clients.map { _ in
      Result(load: .saturating, operation: .create, target: target.name)
    }
    for _ in 0..<settings.rounds {
      _ = await QuietMachine.wait(settings.patience)
      commits.append(try await peer.rate(seconds: settings.seconds))
      for (index, clients) in Self.clients.enumerated() {
        creates[index].rounds.append(await round(.saturating, clients, target, sidecars))
      }
    }
    var half = Result(
      load: .open(perSecond: max(1, Int(creates[1].rate / 2))), operation: .create, target: target.name)
    for _ in 0..<settings.rounds {
      half.rounds.append(await round(half.load, Self.halfRateClients, target, sidecars))
    }
    let disk = DurableReport.Disk(
      name: name, commits: commits, creates: Array(zip(Self.clients, creates)).map { .init(clients: $0, result: $1) },
      half: half)
    Progress.say(
      "disk \(name): SQLite \(Numbers.rate(disk.commitRate))/s, creates "
        + disk.creates.map { "\(Numbers.rate($0.result.rate))/s by \($0.clients)" }.joined(separator: ", ")
        + ", p99 at half the rate \(Numbers.milliseconds(half.p99)) ms")
    return disk
  }

  private func round(
    _ load: Load, _ clients: Int, _ target: Target, _ sidecars: SidecarMetadata
  ) async -> Result.Round {
    let phase = Phase(load: load, operation: .create, users: clients, duration: .seconds(settings.seconds))
    return await phase.round(target, loop: loop, sidecars: sidecars, patience: settings.patience)
  }
}
