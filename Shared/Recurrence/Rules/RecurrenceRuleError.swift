/// Why a text is not a recurrence rule that can be followed, and where.
public struct RecurrenceRuleError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part of the rule that is at fault, such as `BYDAY`; nil when the text as a whole is.
  public let part: String?
  /// Octets before the fault, from 0, in the whole text, all its lines.
  public let offset: Int
  /// One sentence without a full stop.
  public let reason: String

  public var description: String { "\(part.map { "\($0): " } ?? "")\(reason) at octet \(offset)" }
}
