/// When a daemon that died is started again: at once, then after 1, 2, 4 … 30 s; anew once it has lived for a minute.
struct RestartDelay {
  private var deaths = 0

  /// The pause before the next start, after a life of `lifetime`.
  mutating func next(afterLifeOf lifetime: Duration) -> Duration {
    if lifetime >= .seconds(60) { deaths = 0 }
    defer { deaths += 1 }
    return deaths == 0 ? .zero : .seconds(min(30, 1 << min(deaths - 1, 5)))
  }
}
