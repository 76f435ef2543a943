import JSON

/// What `ops/bench api` says in the end.
struct APIReport: Report, Sendable {
  let settings: APISettings
  let results: [Result]
  /// Questions on which both services found as many tasks, and how many were asked.
  let agreeing: Int
  let compared: Int

  /// A tenth of the 300 ms that were asked for at 50 users.
  static let pacedLimit = 30.0

  private var pacedWorst: Double? {
    results.filter { $0.target != Target.peer && $0.load.isPaced }.compactMap(\.p99).max()
  }
  private var pacedErrors: Int {
    results.filter { $0.target != Target.peer && $0.load.isPaced }.reduce(0) { $0 + $1.errors }
  }
  private var busyPhases: Int { results.reduce(0) { $0 + $1.rounds.count { !$0.wasQuiet } } }
  private var phases: Int { results.reduce(0) { $0 + $1.rounds.count } }

  private func result(_ load: Load, _ operation: Operation, _ target: String) -> Result? {
    results.first { $0.load == load && $0.operation == operation && $0.target == target }
  }

  var table: String {
    var table = TextTable(
      [
        "load", "operation", "Taskmesh req/s", "p50 ms", "p99 ms", "errors", "FastAPI req/s", "p50 ms", "p99 ms",
        "errors", "rate", "p99", "HTTP/2 req/s", "p50 ms", "p99 ms", "errors", "sidecar calls",
      ], leading: 2)
    for load in Load.all {
      for operation in Operation.allCases {
        guard let ours = result(load, operation, Target.http1), let peer = result(load, operation, Target.peer),
          let http2 = result(load, operation, Target.http2)
        else { continue }
        table.add(
          [load.name, operation.rawValue] + cells(ours) + cells(peer) + [
            Numbers.ratio(ours.rate, to: peer.rate),
            // How many times as long the peer's slowest hundredth takes.
            Numbers.ratio(peer.p99 ?? 0, to: ours.p99 ?? 0),
          ] + cells(http2) + [ours.sidecarCalls.map { Numbers.fixed($0, 2) } ?? "–"])
      }
    }
    return table.text + notes
  }

  private func cells(_ result: Result) -> [String] {
    [
      Numbers.rate(result.rate), Numbers.milliseconds(result.p50), Numbers.milliseconds(result.p99),
      String(result.errors),
    ]
  }

  private var notes: String {
    let worst = pacedWorst.map { "\(Numbers.milliseconds($0)) ms" } ?? "unknown"
    var text = """

      Medians of \(settings.rounds) rounds of \(settings.seconds) s. Taskmesh and FastAPI over HTTP/1.1, Taskmesh over HTTP/2 besides; \
      \(Load.users) connections, one request at a time on each; \(settings.tasks) tasks of one owner; load, services and stores on one machine.
      rate: Taskmesh's over FastAPI's; p99: FastAPI's over Taskmesh's. Both answered \(agreeing) of \(compared) questions alike.
      sidecar calls: requests of task-api to its sidecar for each request over HTTP/1.1, background included.
      \(Load.users) users 100 ms apart: the worst p99 is \(worst), \(pacedErrors) errors; \
      the limit of \(Int(Self.pacedLimit)) ms is \(isPacedLimitMet ? "met" : "not met").

      """
    if busyPhases > 0 {
      text += "The machine was busy with something else before \(busyPhases) of \(phases) phases: read with care.\n"
    }
    return text
  }

  private var isPacedLimitMet: Bool { pacedErrors == 0 && (pacedWorst.map { $0 < Self.pacedLimit } ?? false) }

  var json: [UInt8] {
    JSONValue.object([
      .init("benchmark", "api"), .init("tasks", .int(settings.tasks)), .init("rounds", .int(settings.rounds)),
      .init("secondsPerRound", .int(settings.seconds)), .init("connections", .int(Load.users)),
      .init("answersCompared", .int(compared)), .init("answersAlike", .int(agreeing)),
      .init("phases", .int(phases)), .init("phasesOnABusyMachine", .int(busyPhases)),
      .init("pacedWorstP99Ms", JSONValue.rounded(pacedWorst)), .init("pacedLimitMs", .double(Self.pacedLimit)),
      .init("pacedLimitMet", .bool(isPacedLimitMet)), .init("results", .array(results.map(json))),
    ]).bytes
  }

  private func json(_ result: Result) -> JSONValue {
    let peer = self.result(result.load, result.operation, Target.peer)
    let ratio = result.target == Target.peer ? nil : peer.flatMap { $0.rate > 0 ? result.rate / $0.rate : nil }
    return .object([
      .init("load", .string(result.load.name)), .init("operation", .string(result.operation.rawValue)),
      .init("target", .string(result.target)), .init("ratePerSecond", JSONValue.rounded(result.rate)),
      .init("rateLowest", JSONValue.rounded(result.rates.lowerBound)),
      .init("rateHighest", JSONValue.rounded(result.rates.upperBound)),
      .init("rateToPeer", JSONValue.rounded(ratio)), .init("p50Ms", JSONValue.rounded(result.p50)),
      .init("p99Ms", JSONValue.rounded(result.p99)),
      .init("p99MsRounds", .array(result.rounds.map { JSONValue.rounded($0.p99) })),
      .init("answers", .int(result.answers)),
      .init("errors", .int(result.errors)), .init("sidecarCallsPerRequest", JSONValue.rounded(result.sidecarCalls)),
      .init("allSidecarCallsPerRequest", JSONValue.rounded(result.allSidecarCalls)),
    ])
  }
}

extension Load {
  fileprivate var isPaced: Bool { if case .paced = self { true } else { false } }
}
