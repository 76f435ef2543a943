/// How long a queue lets its next member wait, from how fast members have left while others waited. What lies further back
/// counts less, call by call.
struct WaitEstimate {
  private static let decay = 0.9

  private var elapsed: Duration = .zero
  private var departures = 0.0
  /// When members left last, if others still waited then.
  private var busySince: Duration?

  /// `count` members leave together.
  /// - Parameter now: since any fixed moment.
  mutating func left(_ count: Int, now: Duration, othersWait: Bool) {
    if let busySince {
      elapsed = elapsed * Self.decay + (now - busySince)
      departures = departures * Self.decay + Double(count)
    }
    busySince = othersWait ? now : nil
  }

  /// How long `count` members take that wait now; zero while nothing is known.
  func behind(_ count: Int, now: Duration) -> Duration {
    guard departures > 0 else { return .zero }
    // A service that has stalled shows by the time since members left last.
    let stalled = busySince.map { now - $0 } ?? .zero
    return max(stalled, elapsed * (Double(count) / departures))
  }
}
