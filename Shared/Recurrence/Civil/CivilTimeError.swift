/// Why a text is not the date, time, instant or duration that was asked for, and where.
public struct CivilTimeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Octets before the fault, from 0.
  public let offset: Int
  /// One sentence without a full stop: what was expected, and what came when that helps.
  public let reason: String

  public var description: String { "\(reason) at octet \(offset)" }
}
