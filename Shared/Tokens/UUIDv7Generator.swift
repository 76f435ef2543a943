import Synchronization

/// Makes UUIDs that begin with their time (RFC 9562 §5.7), each greater than the one before it from the same generator.
///
/// Within a millisecond, and when the clock goes back, the 74 random bits of the last one are raised by a random step
/// (§6.2, method 2), so that ids stay hard to guess.
public final class UUIDv7Generator: Sendable {
  private struct State {
    var milliseconds: UInt64 = 0
    /// 74 bits: 12 beside the time, 62 in the second word.
    var tail: UInt128 = 0
    var generator: any RandomNumberGenerator & Sendable
  }

  private static let tailBits: UInt128 = 74

  private let state: Mutex<State>

  /// - Parameter generator: where the random bits come from.
  public init(generator: sending any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
    state = Mutex(State(generator: generator))
  }

  /// - Parameter milliseconds: the time now, since 1970-01-01 in UTC.
  public func next(milliseconds: Int) -> UUID {
    state.withLock { state in
      let now = UInt64(clamping: milliseconds) & 0xFFFF_FFFF_FFFF
      if now > state.milliseconds {
        state.milliseconds = now
        // The highest bit is left free, so that a millisecond has room for 2⁴¹ steps.
        state.tail =
          (UInt128(state.generator.next()) << 64 | UInt128(state.generator.next())) & (1 << (Self.tailBits - 1) - 1)
      } else {
        state.tail += UInt128(state.generator.next() >> 32) + 1
        if state.tail >> Self.tailBits != 0 {
          state.milliseconds += 1
          state.tail = UInt128(state.generator.next() >> 32)
        }
      }
      let beside = UInt64(truncatingIfNeeded: state.tail >> 62)
      return UUID(high: state.milliseconds << 16 | beside, low: UInt64(truncatingIfNeeded: state.tail), version: 7)
    }
  }
}
