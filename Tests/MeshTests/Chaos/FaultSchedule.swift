import SeededRandom

/// Which faults come when, decided by a seed before the run begins, so that a run's faults can be had again.
struct FaultSchedule {
  struct Entry: Sendable {
    /// From the start of the run.
    let at: Duration
    let lasts: Duration
    let fault: Fault
  }

  /// Each lane has one fault at a time; the lanes run beside each other.
  let lanes: [[Entry]]

  /// - Parameter daemons: the replicas.
  init(seed: UInt64, duration: Duration, daemons: [String]) {
    var random = SplitMix(seed: seed)
    let processes = daemons.flatMap { [Fault.kill($0), .pause($0)] } + [.pauseMesh]
    let surroundings = { (random: inout SplitMix) in
      daemons.map(Fault.closeSidecar) + [.closeBroker, .fillDisk, .limitFiles]
        + ["task-api", "task-api-1"].map(Fault.killUnpublished)
        + daemons.map { .stepClock($0, seconds: Int.random(in: ChaosMesh.clockErrors(of: $0), using: &random)) }
    }
    lanes = [
      Self.lane({ _ in processes }, pause: 2.0...4, lasts: 0.5...4, duration, &random),
      Self.lane(surroundings, pause: 1.0...4, lasts: 1...4, duration, &random),
      [0.4, 0.75].map { Entry(at: duration * $0, lasts: .zero, fault: .killMesh) },
    ]
  }

  /// Deals the whole deck before it is shuffled anew: so no fault is long in coming.
  private static func lane(
    _ deck: (inout SplitMix) -> [Fault], pause: ClosedRange<Double>, lasts: ClosedRange<Double>, _ duration: Duration,
    _ random: inout SplitMix
  ) -> [Entry] {
    var entries: [Entry] = []
    var hand: [Fault] = []
    var time: Duration = .seconds(3)
    while true {
      if hand.isEmpty { hand = deck(&random).shuffled(using: &random) }
      let length = Duration.seconds(Double.random(in: lasts, using: &random))
      guard time + length < duration else { return entries }
      entries.append(Entry(at: time, lasts: length, fault: hand.removeLast()))
      time += length + .seconds(Double.random(in: pause, using: &random))
    }
  }
}
