import JSON

/// What `ops/bench overload` says in the end.
struct OverloadReport: Report, Sendable {
  struct Outcome: Sendable {
    /// Creates a second at 50 saturating users.
    let capacity: Double
    let offered: Load
    let sample: Phase.Sample

    private var seconds: Double { sample.elapsed / .seconds(1) }
    var accepted: Double { Double(sample.latencies.count) / seconds }
    var acceptedP50: Double? { sample.latencies.quantiles([0.5])[0] }
    var acceptedP99: Double? { sample.latencies.quantiles([0.99])[0] }
    var refused: Double { Double(sample.refusals.count) / seconds }
    var refusedP99: Double? { sample.refusals.quantiles([0.99])[0] }
  }

  let settings: APISettings
  let ours: Outcome
  let peer: Outcome
  /// Resident memory of task-api, in octets.
  let memoryBefore: Double?
  let memoryAfter: Double?

  /// Milliseconds that an accepted create may take in the slowest hundredth (issue 5).
  static let longestP99 = 300.0

  var isMet: Bool { ours.sample.errors == 0 && (ours.acceptedP99.map { $0 <= Self.longestP99 } ?? false) }

  var table: String {
    var table = TextTable(
      [
        "service", "capacity/s", "offered", "accepted/s", "p50 ms", "p99 ms", "refused/s", "p99 ms", "errors",
      ], leading: 1)
    for (name, outcome) in [("Taskmesh", ours), ("FastAPI", peer)] {
      table.add([
        name, Numbers.rate(outcome.capacity), outcome.offered.name, Numbers.rate(outcome.accepted),
        Numbers.milliseconds(outcome.acceptedP50), Numbers.milliseconds(outcome.acceptedP99),
        Numbers.rate(outcome.refused), Numbers.milliseconds(outcome.refusedP99), String(outcome.sample.errors),
      ])
    }
    let memory = [memoryBefore, memoryAfter].map { $0.map { Numbers.rate($0 / 1_048_576) + " MiB" } ?? "unknown" }
    return table.text + """

      Creates for \(settings.seconds * 5) s at \(OverloadBenchmark.factor) times what 50 saturating users reach, open loop, HTTP/1.1; load \
      and services on one machine. Refused: 503 with Retry-After; errors: anything else, no answer in 5 s included.
      p99 of what is accepted at most \(Int(Self.longestP99)) ms and no errors: \(isMet ? "met" : "not met"). \
      Resident memory of task-api before and after: \(memory[0]), \(memory[1]).

      """
  }

  var json: [UInt8] {
    JSONValue.object([
      .init("benchmark", "overload"), .init("factor", .int(OverloadBenchmark.factor)), .init("met", .bool(isMet)),
      .init("taskmesh", json(ours)), .init("fastAPI", json(peer)),
      .init("residentOctetsBefore", .rounded(memoryBefore)), .init("residentOctetsAfter", .rounded(memoryAfter)),
    ]).bytes
  }

  private func json(_ outcome: Outcome) -> JSONValue {
    .object([
      .init("capacityPerSecond", .rounded(outcome.capacity)), .init("offered", .string(outcome.offered.name)),
      .init("acceptedPerSecond", .rounded(outcome.accepted)), .init("acceptedP50Ms", .rounded(outcome.acceptedP50)),
      .init("acceptedP99Ms", .rounded(outcome.acceptedP99)), .init("refusedPerSecond", .rounded(outcome.refused)),
      .init("refusedP99Ms", .rounded(outcome.refusedP99)), .init("errors", .int(outcome.sample.errors)),
    ])
  }
}
