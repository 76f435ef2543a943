import Testing

/// The checker itself, on histories made by hand: times are seconds.
@Suite struct LinearizabilityTests {
  private static let start = ContinuousClock.now

  private static func operation(
    _ action: Operation.Action, _ mark: String, _ time: ClosedRange<Double>, _ outcome: Operation.Outcome
  ) -> Operation {
    Operation(
      action: action, owner: "ada", mark: mark, task: "t", invoked: start + .seconds(time.lowerBound),
      answered: start + .seconds(time.upperBound), outcome: outcome)
  }

  private static func state(_ version: Int, _ title: String, done: Bool = false, deleted: Bool = false) -> TaskState {
    TaskState(version: version, title: title, isDone: done, isDeleted: deleted)
  }

  private static func done(_ version: Int, _ title: String, done: Bool = false) -> Operation.Outcome {
    .done(state(version, title, done: done))
  }

  private let create = operation(.create, "a", 0...1, done(1, "a"))

  @Test func aTaskThatIsChangedStepByStepFits() {
    let history = [
      create,
      Self.operation(.patch(ifMatch: nil), "b", 2...3, Self.done(2, "b")),
      Self.operation(.complete, "c", 4...5, Self.done(3, "b", done: true)),
      Self.operation(.complete, "d", 6...7, Self.done(3, "b", done: true)),
      Self.operation(.patch(ifMatch: 2), "e", 8...9, .conflict),
      Self.operation(.delete, "f", 10...11, .done(nil)),
      Self.operation(.read, "g", 12...13, .missing),
      Self.operation(.restore, "h", 14...15, Self.done(5, "b", done: true)),
    ]
    #expect(Linearizability(history).fault() == nil)
  }

  @Test func writesAtOneTimeMayTakePlaceInEitherOrder() {
    let first = Self.operation(.patch(ifMatch: nil), "b", 2...5, Self.done(3, "b"))
    let second = Self.operation(.patch(ifMatch: nil), "c", 2...5, Self.done(2, "c"))
    #expect(Linearizability([create, first, second]).fault() == nil)
    #expect(
      Linearizability([create, first, second, Self.operation(.read, "d", 6...7, Self.done(3, "b"))]).fault() == nil)
    #expect(
      Linearizability([create, first, second, Self.operation(.read, "d", 6...7, Self.done(3, "c"))]).fault() != nil)
  }

  @Test func aReadOfWhatWasOverwrittenBeforeItBeganDoesNotFit() {
    let patch = Self.operation(.patch(ifMatch: nil), "b", 2...3, Self.done(2, "b"))
    #expect(Linearizability([create, patch, Self.operation(.read, "r", 2.5...4, Self.done(1, "a"))]).fault() == nil)
    #expect(Linearizability([create, patch, Self.operation(.read, "r", 3.5...4, Self.done(1, "a"))]).fault() != nil)
  }

  @Test func anAcknowledgedWriteThatIsLostDoesNotFit() {
    let lost = Self.operation(.patch(ifMatch: nil), "b", 2...3, Self.done(2, "b"))
    let next = Self.operation(.patch(ifMatch: nil), "c", 4...5, Self.done(2, "c"))
    #expect(Linearizability([create, lost, next]).fault() != nil)
  }

  @Test func twoWritesUnderOneIfMatchDoNotFit() {
    let first = Self.operation(.patch(ifMatch: 1), "b", 2...5, Self.done(2, "b"))
    let second = Self.operation(.patch(ifMatch: 1), "c", 2...5, Self.done(3, "c"))
    #expect(Linearizability([create, first, second]).fault() != nil)
    #expect(
      Linearizability([create, first, Self.operation(.patch(ifMatch: 1), "c", 2...5, .conflict)]).fault() == nil)
    #expect(Linearizability([create, Self.operation(.patch(ifMatch: 1), "c", 2...5, .conflict)]).fault() != nil)
  }

  @Test func aWriteInDoubtMayTakePlaceLateOrNever() {
    let doubt = Self.operation(.patch(ifMatch: nil), "b", 2...3, .inDoubt)
    let other = Self.operation(.patch(ifMatch: nil), "c", 4...5, Self.done(2, "c"))
    for last in [Self.done(2, "c"), Self.done(3, "b")] {
      #expect(Linearizability([create, doubt, other, Self.operation(.read, "r", 6...7, last)]).fault() == nil)
    }
    // Not twice, and not before it was sent.
    #expect(
      Linearizability([create, doubt, other, Self.operation(.read, "r", 6...7, Self.done(4, "b"))]).fault() != nil)
    #expect(Linearizability([create, Self.operation(.read, "r", 1.2...1.5, Self.done(2, "b")), doubt]).fault() != nil)
  }

  @Test func aRefusedWriteThatShowsDoesNotFit() {
    let refused = Self.operation(.patch(ifMatch: nil), "b", 2...3, .refused)
    #expect(Linearizability([create, refused, Self.operation(.read, "r", 6...7, Self.done(1, "a"))]).fault() == nil)
    #expect(Linearizability([create, refused, Self.operation(.read, "r", 6...7, Self.done(2, "b"))]).fault() != nil)
  }

  @Test func manyCallersAtOnceAreJudgedInTime() {
    var history = [create]
    for round in 0..<200 {
      let time = Double(2 + round * 2)...Double(3 + round * 2)
      for caller in 0..<10 {
        let title = "\(round)-\(caller)"
        history.append(
          Self.operation(.patch(ifMatch: nil), title, time, Self.done(2 + round * 10 + (caller * 7) % 10, title)))
      }
      if round % 20 == 0 { history.append(Self.operation(.patch(ifMatch: nil), "doubt \(round)", time, .inDoubt)) }
    }
    #expect(Linearizability(history).fault() == nil)
    history.append(Self.operation(.read, "r", 500...501, Self.done(1, "a")))
    #expect(Linearizability(history).fault() != nil)
  }
}
