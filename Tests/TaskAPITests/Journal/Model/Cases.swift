/// Cases small enough to go through all of their courses. What was bounded: the number of deviations from the course in which
/// all goes well, the kinds that a case names, and that calls about leases alone go well.
extension Scenario {
  static let smallCases = [noAnswer, noAcknowledgement, takeover, pause, twoJournals]

  /// One replica; its transactions, and the rewrites and reads after them, go wrong in every way.
  static let noAnswer = Scenario(
    name: "no answer", clients: [[["x", "w"]]], attempts: 1,
    menu: [.loseAnswer, .drop, .runTwice, .giveUp, .hold, .refuse, .notSent, .land, .answer], deviations: 2)

  /// One replica writes one task twice; its publishes go wrong too.
  static let noAcknowledgement = Scenario(
    name: "no acknowledgement", slots: 2, clients: [[["x", "x"]]], attempts: 1,
    menu: [.loseAnswer, .drop, .runTwice, .giveUp, .hold, .answer, .advance], deviations: 2)

  /// An owner dies with writes on their way, and a stand-by takes its journal.
  static let takeover = Scenario(
    name: "takeover", slots: 2, clients: [[["x"], ["y"]], []], menu: [.giveUp, .land, .kill, .answer], deviations: 2)

  /// An owner pauses, a stand-by takes its journal and writes, the former owner goes on.
  static let pause = Scenario(
    name: "pause", clients: [[["x", "w"]], [["z"]]], menu: [.pause, .wake, .kill], deviations: 2)

  /// Two replicas with a journal each write one task; either stops, dies or pauses, and the other looks after its journal.
  static let twoJournals = Scenario(
    name: "two journals", journals: 2, clients: [[["x"]], [["x"]]],
    menu: [.giveUp, .land, .pause, .wake, .kill, .stop, .answer], deviations: 2)

  /// As this one, but for a rule that is broken.
  func with(_ view: @escaping View) -> Scenario {
    var scenario = self
    scenario.view = view
    return scenario
  }
}

/// Cases too large for that, in which anything may go wrong from the start.
extension Scenario {
  static let largeCases = [threeReplicas, standBys, crowd]

  private static let threeClients = [
    [["x", "y", "x"], ["z", "x", "y"]], [["x", "z", "z"], ["y", "x"]], [["y", "z", "x", "y"]],
  ]

  static let threeReplicas = Scenario(
    name: "three replicas", journals: 4, slots: 2,
    clients: threeClients, menu: Set(Action.Kind.allCases),
    deviations: 40, disturbsLeases: true, disturbsStart: true)

  /// One journal for all: it goes from hand to hand.
  static let standBys = Scenario(
    name: "stand-bys", slots: 2, clients: threeClients,
    menu: Set(Action.Kind.allCases), deviations: 40, disturbsLeases: true, disturbsStart: true)

  /// More writes at once than calls may be in flight, so that they share transactions and publishes.
  static let crowd = Scenario(
    name: "crowd", journals: 2, slots: 7, clients: [(0..<9).map { ["t\($0)", "t\($0 / 3)"] }, [["t0"], ["t1"]]],
    menu: Set(Action.Kind.allCases), deviations: 40, disturbsLeases: true, disturbsStart: true)
}
