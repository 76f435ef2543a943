/// Every latency of a phase, exactly.
struct Latencies: Sendable {
  private var nanoseconds: [Int64] = []

  var count: Int { nanoseconds.count }

  mutating func add(_ latency: Duration) {
    let (seconds, attoseconds) = latency.components
    nanoseconds.append(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  mutating func add(_ others: Latencies) { nanoseconds.append(contentsOf: others.nanoseconds) }

  /// The smallest latency that `share` of all do not exceed, in milliseconds; nil when there is none.
  func quantiles(_ shares: [Double]) -> [Double?] {
    let sorted = nanoseconds.sorted()
    return shares.map { share in
      guard !sorted.isEmpty else { return nil }
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return Double(sorted[max(0, min(sorted.count, rank) - 1)]) / 1e6
    }
  }
}
