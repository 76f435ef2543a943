/// One date that a recurrence gives.
public struct Occurrence: Hashable, Sendable {
  public let at: Instant
  /// What a clock in the zone shows at `at`; a date alone where the recurrence runs on dates.
  public let local: WallTime
  /// The wall time that the rule named, which is what `local` is unless the zone's clock skips it: 02:30 where `local` is 03:30.
  /// A series goes on from here, so that the next day is at the usual time.
  public let recurrenceDate: WallTime
  /// Seconds east of UTC at `at`.
  public let offset: Int

  /// The offset as `+01:00`; with seconds where the zone has them, as zones had before they followed UTC.
  public var offsetText: String {
    asciiText { bytes in
      let size = offset.magnitude
      bytes.append(ascii: offset < 0 ? "-" : "+")
      bytes.appendDecimal(Int(size / 3600), width: 2)
      bytes.append(ascii: ":")
      bytes.appendDecimal(Int(size / 60 % 60), width: 2)
      guard size % 60 != 0 else { return }
      bytes.append(ascii: ":")
      bytes.appendDecimal(Int(size % 60), width: 2)
    }
  }
}
