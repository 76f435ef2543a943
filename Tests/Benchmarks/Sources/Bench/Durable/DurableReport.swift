import JSON

/// What `ops/bench durable` says in the end.
struct DurableReport: Report, Sendable {
  struct Disk: Sendable {
    struct Creates: Sendable {
      let clients: Int
      let result: Result
    }

    let name: String
    /// SQLite's durable commits of one row, per second, by round.
    let commits: [Double]
    let creates: [Creates]
    /// Creates at half the rate that 50 clients reached, open loop.
    let half: Result

    var commitRate: Double { commits.sorted()[commits.count / 2] }
    func ratio(_ creates: Creates) -> Double { commitRate > 0 ? creates.result.rate / commitRate : 0 }
    var atFifty: Creates? { creates.first { $0.clients == 50 } }
  }

  let settings: DurableSettings
  /// As it is, then the slow one.
  let disks: [Disk]

  /// What must hold on the slow disk at 50 clients (issue 5).
  static let leastRatio = 5.0
  static let longestP99 = 25.0
  static let mostCalls = 0.2

  private var slow: Disk? { disks.last }
  private var ratio: Double { slow.flatMap { disk in disk.atFifty.map(disk.ratio) } ?? 0 }
  private var isRatioMet: Bool { ratio >= Self.leastRatio }
  private var isP99Met: Bool { slow?.half.p99.map { $0 <= Self.longestP99 } ?? false }
  private var areCallsFew: Bool {
    guard let result = slow?.atFifty?.result, let transactions = result.transactions, let publishes = result.publishes
    else { return false }
    return transactions <= Self.mostCalls && publishes <= Self.mostCalls
  }
  private var errors: Int {
    disks.reduce(0) { $0 + $1.half.errors + $1.creates.reduce(0) { $0 + $1.result.errors } }
  }

  var table: String {
    var table = TextTable(
      [
        "disk", "load", "creates/s", "p50 ms", "p99 ms", "errors", "SQLite commits/s", "rate", "transactions",
        "publishes",
      ], leading: 2)
    for disk in disks {
      for creates in disk.creates {
        let clients = creates.clients == 1 ? "1 client" : "\(creates.clients) clients"
        table.add(
          [disk.name, clients] + cells(creates.result)
            + [Numbers.rate(disk.commitRate), Numbers.ratio(creates.result.rate, to: disk.commitRate)]
            + calls(creates.result))
      }
      table.add([disk.name, disk.half.load.name] + cells(disk.half) + ["", ""] + calls(disk.half))
    }
    return table.text + """

      Medians of \(settings.rounds) rounds of \(settings.seconds) s; both make each commit durable (fdatasync), on one machine with the \
      load. SQLite: one row a transaction, one after the other. transactions, publishes: calls of task-api for each create.
      2 ms more a commit, 50 clients: \(Numbers.ratio(ratio, to: 1)) (at least ×\(Int(Self.leastRatio)): \(said(isRatioMet))); \
      p99 at half the rate \(Numbers.milliseconds(slow?.half.p99)) ms (at most \(Int(Self.longestP99)) ms: \(said(isP99Met))); \
      transactions and publishes a create (at most \(Numbers.fixed(Self.mostCalls, 1)) each: \(said(areCallsFew))); \
      \(errors) errors in all.

      """
  }

  private func said(_ isMet: Bool) -> String { isMet ? "met" : "not met" }

  private func cells(_ result: Result) -> [String] {
    [
      Numbers.rate(result.rate), Numbers.milliseconds(result.p50), Numbers.milliseconds(result.p99),
      String(result.errors),
    ]
  }

  private func calls(_ result: Result) -> [String] {
    [result.transactions, result.publishes].map { $0.map { Numbers.fixed($0, 2) } ?? "–" }
  }

  var json: [UInt8] {
    JSONValue.object([
      .init("benchmark", "durable"), .init("rounds", .int(settings.rounds)),
      .init("secondsPerRound", .int(settings.seconds)), .init("ratioAt50OnASlowDisk", .rounded(ratio)),
      .init("ratioMet", .bool(isRatioMet)), .init("p99Met", .bool(isP99Met)), .init("callsMet", .bool(areCallsFew)),
      .init("errors", .int(errors)), .init("disks", .array(disks.map(json))),
    ]).bytes
  }

  private func json(_ disk: Disk) -> JSONValue {
    .object([
      .init("disk", .string(disk.name)), .init("sqliteCommitsPerSecond", .rounded(disk.commitRate)),
      .init(
        "creates",
        .array(
          disk.creates.map { creates in
            .object(
              [.init("clients", .int(creates.clients)), .init("toSQLite", .rounded(disk.ratio(creates)))]
                + members(creates.result))
          })),
      .init("openLoopAtHalfTheRate", .object([.init("load", .string(disk.half.load.name))] + members(disk.half))),
    ])
  }

  private func members(_ result: Result) -> [JSONValue.Member] {
    [
      .init("ratePerSecond", .rounded(result.rate)), .init("p50Ms", .rounded(result.p50)),
      .init("p99Ms", .rounded(result.p99)), .init("errors", .int(result.errors)),
      .init("transactionsPerCreate", .rounded(result.transactions)),
      .init("publishesPerCreate", .rounded(result.publishes)),
    ]
  }
}
