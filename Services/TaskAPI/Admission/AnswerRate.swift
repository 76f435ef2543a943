/// How fast requests are answered while many wait, one by one; what lies some hundred answers back counts little.
struct AnswerRate {
  private static let decay = 0.998

  private var elapsed: Duration = .zero
  private var answers = 0.0
  /// When the last answer went out, if many still waited then.
  private var busySince: Duration?

  /// An answer goes out.
  /// - Parameter now: since any fixed moment.
  mutating func answered(now: Duration, manyWait: Bool) {
    if let busySince {
      elapsed = elapsed * Self.decay + (now - busySince)
      answers = answers * Self.decay + 1
    }
    busySince = manyWait ? now : nil
  }

  /// How long it takes to answer `count` requests; zero while nothing is known.
  func time(for count: Int, now: Duration) -> Duration {
    guard answers > 0 else { return .zero }
    // A service that has stalled shows by the time since it answered last.
    let stalled = busySince.map { now - $0 } ?? .zero
    return max(stalled, elapsed * (Double(count) / answers))
  }
}
