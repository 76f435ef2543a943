import Testing

@testable import Daemon

@Suite struct LineBudgetTests {
  @Test func linesBeyondTheBudgetAreCountedAndSaidOfWithTheNextSecondsFirst() {
    let start = ContinuousClock.now
    let budget = LineBudget(perSecond: 3, now: start)
    #expect((0..<5).map { _ in budget.take(now: start) } == [0, 0, 0, nil, nil])
    #expect(budget.take(now: start + .milliseconds(999)) == nil)
    #expect(budget.take(now: start + .seconds(1)) == 3)
    #expect(budget.take(now: start + .seconds(1)) == 0)
  }
}
