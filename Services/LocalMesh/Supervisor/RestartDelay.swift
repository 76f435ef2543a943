/// When a daemon that died is started again: at once, then after 1, 2, 4 … 30 steps of a second; anew once it has lived for a
/// minute.
struct RestartDelay {
  private let step: Duration
  private var deaths = 0

  /// - Parameter step: shorter in tests that end daemons often.
  init(step: Duration = .seconds(1)) { self.step = step }

  /// The pause before the next start, after a life of `lifetime`.
  mutating func next(afterLifeOf lifetime: Duration) -> Duration {
    if lifetime >= .seconds(60) { deaths = 0 }
    defer { deaths += 1 }
    return deaths == 0 ? .zero : step * min(30, 1 << min(deaths - 1, 5))
  }
}
