/// Why there are no rules for a time zone.
public struct TimeZoneError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The text cannot be the name of an IANA zone, or there is no zone of that name.
    case unknownZone
    /// The directory of the zones is not there: the package tzdata is missing, or the setting is wrong.
    case missingDirectory
    /// The zone's file is there but cannot be read.
    case unreadable
    /// The zone's file is not TZif (RFC 9636), or breaks its rules.
    case malformed
  }

  public let code: Code
  /// The zone's name as it was given.
  public let zone: String
  /// One sentence without a full stop.
  public let reason: String

  public var description: String { "Time zone '\(zone)': \(reason)" }
}
