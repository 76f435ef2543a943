/// What came out of one load of one operation on one target, over all rounds.
struct Result: Sendable {
  struct Round: Sendable {
    /// Good answers a second.
    let rate: Double
    /// Milliseconds; nil when nothing was answered.
    let p50: Double?
    let p99: Double?
    let answers: Int
    let errors: Int
    /// What the sidecars got meanwhile; nil for the peer.
    let sidecars: SidecarCounts?
    /// False when something else kept the machine busy at the beginning.
    let wasQuiet: Bool
  }

  let load: Load
  let operation: Operation
  let target: String
  var rounds: [Round] = []

  var rate: Double { median(rounds.map(\.rate)) ?? 0 }
  var rates: ClosedRange<Double> { (rounds.map(\.rate).min() ?? 0)...(rounds.map(\.rate).max() ?? 0) }
  var p50: Double? { median(rounds.compactMap(\.p50)) }
  var p99: Double? { median(rounds.compactMap(\.p99)) }
  var errors: Int { rounds.reduce(0) { $0 + $1.errors } }
  var answers: Int { rounds.reduce(0) { $0 + $1.answers } }

  /// Requests that task-api's sidecar got for each request of a client.
  var sidecarCalls: Double? { calls(\.taskAPI) }
  /// Among them state transactions, and calls that publish.
  var transactions: Double? { calls(\.transactions) }
  var publishes: Double? { calls(\.publishes) }
  /// The same for all sidecars.
  var allSidecarCalls: Double? { calls(\.all) }

  private func calls(_ count: (SidecarCounts) -> Int) -> Double? {
    let counts = rounds.compactMap(\.sidecars)
    guard !counts.isEmpty, answers + errors > 0 else { return nil }
    return Double(counts.reduce(0) { $0 + count($1) }) / Double(answers + errors)
  }

  private func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
