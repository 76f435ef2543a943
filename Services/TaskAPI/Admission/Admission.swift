import Synchronization

/// Lets in as many requests as are answered in good time, and refuses the others before they cost anything.
///
/// How many that are follows from how fast requests were answered while many were inside (Little's law), so that nothing need be
/// known of what they wait for. Askers share the room: who floods is refused, others are not.
final class Admission: Sendable {
  struct Limits: Sendable {
    /// What is let in is to be answered within about this time.
    var longestWait: Duration = .milliseconds(120)
    /// So many may always be inside: only so is it learnt that the service is fast again.
    var always = 128
    /// More than this are never inside.
    var never = 10_000
  }

  private struct State {
    var inside: [String: Int] = [:]
    var total = 0
    var rate = AnswerRate()
  }
  private let limits: Limits
  private let state = Mutex(State())

  init(limits: Limits = Limits()) { self.limits = limits }

  /// Whether a request may come in; then ``leave(_:now:)`` is called once at its end.
  /// - Parameters:
  ///   - asker: whose room it takes.
  ///   - now: since any fixed moment.
  func enter(_ asker: String, now: Duration) -> Bool {
    state.withLock { state in
      let own = state.inside[asker] ?? 0
      let askers = own == 0 ? state.inside.count + 1 : state.inside.count
      // About as many of each asker's are answered before this one as there are of its own.
      let before = min(state.total, (own + 1) * askers)
      if before >= limits.never { return false }
      if before >= limits.always, state.rate.time(for: before, now: now) > limits.longestWait { return false }
      state.inside[asker] = own + 1
      state.total += 1
      return true
    }
  }

  func leave(_ asker: String, now: Duration) {
    state.withLock { state in
      state.rate.answered(now: now, manyWait: state.total >= limits.always)
      state.total -= 1
      guard let own = state.inside[asker] else { return }
      state.inside[asker] = own > 1 ? own - 1 : nil
    }
  }
}
