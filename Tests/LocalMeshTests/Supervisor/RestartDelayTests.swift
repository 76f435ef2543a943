import Testing

@testable import LocalMesh

@Suite struct RestartDelayTests {
  @Test func theFirstStartIsAtOnceAndThePausesDoubleToThirtySeconds() {
    var delay = RestartDelay()
    let pauses = (0..<8).map { _ in delay.next(afterLifeOf: .seconds(1)) }
    #expect(pauses == [0, 1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
  }

  @Test func theStepIsASetting() {
    var delay = RestartDelay(step: .milliseconds(20))
    let pauses = (0..<3).map { _ in delay.next(afterLifeOf: .seconds(1)) }
    #expect(pauses == [.zero, .milliseconds(20), .milliseconds(40)])
  }

  @Test func aMinuteOfLifeForgivesEverything() {
    var delay = RestartDelay()
    for _ in 0..<5 { _ = delay.next(afterLifeOf: .seconds(1)) }
    #expect(delay.next(afterLifeOf: .seconds(60)) == .zero)
    #expect(delay.next(afterLifeOf: .seconds(1)) == .seconds(1))
  }
}
