import EventLoop

/// `bench api`: task-api of a running mesh beside its peer, which runs too. Both are given the same tasks and asked the same.
struct APIBenchmark: Sendable {
  private let settings: APISettings
  private let loop = EventLoop(name: "load")
  private let sidecars: SidecarMetadata
  private let workload = Workload()

  init(_ settings: APISettings) throws {
    self.settings = settings
    sidecars = try SidecarMetadata(
      loop: loop, portOffset: settings.portOffset, secrets: settings.data + "/secrets.json")
  }

  func run() async throws -> APIReport {
    let port = UInt16(8080 + settings.portOffset)
    let http1: @Sendable () -> any Client = { [loop] in HTTP1Client(loop: loop, port: port) }
    let http2: @Sendable () -> any Client = { [loop] in HTTP2Client(loop: loop, port: port) }
    let toPeer: @Sendable () -> any Client = { [loop, settings] in HTTP1Client(loop: loop, port: settings.peerPort) }

    let taskmesh = Taskmesh(workload, ids: try await store(in: Taskmesh(workload), by: http2))
    let peer = FastAPIPeer(workload, ids: try await store(in: FastAPIPeer(workload), by: toPeer))
    let (agreeing, compared) = try await compare(taskmesh, http2, peer, toPeer)
    let targets = [
      Target(name: Target.http1, service: taskmesh, connect: http1),
      Target(name: Target.peer, service: peer, connect: toPeer),
      Target(name: Target.http2, service: taskmesh, connect: http2),
    ]
    var results: [Result] = []
    for operation in Operation.allCases {
      for load in Load.all {
        results += await measure(Phase(load: load, operation: operation, duration: .seconds(settings.seconds)), targets)
      }
    }
    return APIReport(settings: settings, results: results, agreeing: agreeing, compared: compared)
  }

  /// The rounds go from target to target, so that whatever disturbs the machine disturbs all.
  private func measure(_ phase: Phase, _ targets: [Target]) async -> [Result] {
    var results = targets.map { Result(load: phase.load, operation: phase.operation, target: $0.name) }
    for _ in 0..<settings.rounds {
      for (index, target) in targets.enumerated() {
        let isPeer = target.name == Target.peer
        results[index].rounds.append(
          await phase.round(
            target, loop: loop, sidecars: isPeer ? nil : sidecars, patience: settings.patience))
      }
    }
    for result in results {
      Progress.say(
        "\(result.operation.rawValue), \(phase.load.name), \(result.target): \(Numbers.rate(result.rate))/s, "
          + "p50 \(Numbers.milliseconds(result.p50)) ms, p99 \(Numbers.milliseconds(result.p99)) ms, "
          + "\(result.errors) errors")
    }
    return results
  }

  private func store(in service: some Service, by connect: @Sendable () -> any Client) async throws -> [String] {
    Progress.say("storing \(settings.tasks) tasks in \(service.name)")
    let tasks = workload.tasks(settings.tasks)
    let client = connect()
    return try await onLoop {
      var ids: [String] = []
      for start in stride(from: 0, to: tasks.count, by: 500) {
        ids += try await service.store(Array(tasks[start..<min(start + 500, tasks.count)]), by: client)
      }
      try await service.settle(by: client)
      await client.close()
      return ids
    }
  }

  /// Whether both find as much: else they do not do the same work.
  private func compare(
    _ taskmesh: some Service, _ connect: @Sendable () -> any Client, _ peer: some Service,
    _ connectPeer: @Sendable () -> any Client
  ) async throws -> (agreeing: Int, compared: Int) {
    let ours = connect()
    let theirs = connectPeer()
    return try await onLoop {
      var agreeing = 0
      let questions = (0..<3).map { (Operation.list, $0) } + (0..<50).map { (Operation.search, $0) }
      for (operation, number) in questions {
        let found = try await taskmesh.total(operation, number, by: ours)
        let foundByPeer = try await peer.total(operation, number, by: theirs)
        if found == foundByPeer { agreeing += 1 }
      }
      await ours.close()
      await theirs.close()
      return (agreeing, questions.count)
    }
  }

  /// Clients are used on their loop alone.
  private func onLoop<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task(executorPreference: loop) { try await body() }.value
  }
}
