import Synchronization

/// How many lines of a kind may be written each second, so that a daemon which refuses thousands of requests a second does not
/// spend its time on saying so.
final class LineBudget: Sendable {
  private struct State {
    var secondBegan: ContinuousClock.Instant
    var left: Int
    var unsaid = 0
  }
  private let perSecond: Int
  private let state: Mutex<State>

  init(perSecond: Int, now: ContinuousClock.Instant = .now) {
    self.perSecond = perSecond
    state = Mutex(State(secondBegan: now, left: perSecond))
  }

  /// How many lines were not written since the last one that was; nil when this one is not to be written either.
  func take(now: ContinuousClock.Instant) -> Int? {
    state.withLock { state in
      if state.secondBegan.duration(to: now) >= .seconds(1) {
        state.secondBegan = now
        state.left = perSecond
      }
      guard state.left > 0 else {
        state.unsaid += 1
        return nil
      }
      state.left -= 1
      defer { state.unsaid = 0 }
      return state.unsaid
    }
  }
}
