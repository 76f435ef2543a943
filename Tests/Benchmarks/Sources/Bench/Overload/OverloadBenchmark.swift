import EventLoop
import HTTP2Transport

/// `bench overload`: creates at four times the rate that a service can serve, beside the peer at four times its own.
struct OverloadBenchmark: Sendable {
  static let factor = 4
  /// Enough for an open loop: what is accepted and what is refused are both under way.
  private static let connections = 1000

  private let settings: APISettings
  private let loop = EventLoop(name: "load")
  private let workload = Workload()

  init(_ settings: APISettings) { self.settings = settings }

  func run() async throws -> OverloadReport {
    let port = UInt16(8080 + settings.portOffset)
    let taskmesh = Target(
      name: Target.http1, service: Taskmesh(workload), connect: { [loop] in HTTP1Client(loop: loop, port: port) })
    let peer = Target(
      name: Target.peer, service: FastAPIPeer(workload),
      connect: { [loop, settings] in HTTP1Client(loop: loop, port: settings.peerPort) })
    let before = await residentMemory(port)
    let ours = await measure(taskmesh)
    let after = await residentMemory(port)
    return OverloadReport(
      settings: settings, ours: ours, peer: await measure(peer), memoryBefore: before, memoryAfter: after)
  }

  private func measure(_ target: Target) async -> OverloadReport.Outcome {
    let capacity = Phase(load: .saturating, operation: .create, duration: .seconds(settings.seconds))
    var rates: [Double] = []
    for _ in 0..<settings.rounds {
      rates.append(await capacity.round(target, loop: loop, sidecars: nil, patience: settings.patience).rate)
    }
    let rate = rates.sorted()[rates.count / 2]
    _ = await QuietMachine.wait(settings.patience)
    let flood = Phase(
      load: .open(perSecond: max(1, Int(rate)) * Self.factor), operation: .create, users: Self.connections,
      duration: .seconds(settings.seconds * 5))
    let sample = await flood.run(on: target.service, loop: loop, connect: target.connect)
    let outcome = OverloadReport.Outcome(capacity: rate, offered: flood.load, sample: sample)
    Progress.say(
      "\(target.name): \(Numbers.rate(rate))/s at \(Load.users) users; \(flood.load.name): "
        + "\(Numbers.rate(outcome.accepted))/s accepted, p99 \(Numbers.milliseconds(outcome.acceptedP99)) ms, "
        + "\(Numbers.rate(outcome.refused))/s refused, \(sample.errors) errors")
    return outcome
  }

  /// Octets, as task-api's metrics say.
  private func residentMemory(_ port: UInt16) async -> Double? {
    let client = HTTPClient(loop: loop, port: port)
    let response = try? await client.send(HTTPRequest(.get, "/metrics"), deadline: .seconds(5))
    let lines = response.map { String(decoding: $0.body, as: UTF8.self).split(separator: "\n") } ?? []
    return lines.first { $0.hasPrefix("process_resident_memory_bytes ") }?.split(separator: " ").last.flatMap {
      Double($0)
    }
  }
}
