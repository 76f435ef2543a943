/// How a ``Batcher`` shares calls.
public struct BatchLimits: Sendable {
  /// Calls under way at a time. What comes while fewer are goes at once, alone.
  public var callsInFlight = 4
  /// Members of a call at most.
  public var members = 64
  /// Octets of a call at most; a member that is larger goes alone.
  public var octets = 512 << 10
  /// Members that may wait; one more is refused.
  public var waitingMembers = 20_000
  /// Octets that may wait; more are refused.
  public var waitingOctets = 64 << 20

  public init() {}
}

/// Why a batcher gave no result.
public enum BatchError: Error, Sendable, Equatable {
  /// Too much waits already. Nothing was sent.
  case full
  /// The batcher was shut down. Nothing was sent when the member still waited.
  case shutDown
  /// The call ended without a word about this member.
  case unanswered
}
