/// An element of `BYDAY`: every Friday (`FR`), or one of them counted from the beginning (`2FR`) or the end (`-1FR`) of the month or year.
public struct WeekdayOrdinal: Hashable, Sendable {
  /// −53…53; 0 stands for every one.
  public let ordinal: Int
  public let weekday: Weekday

  public init(ordinal: Int = 0, weekday: Weekday) {
    self.ordinal = ordinal
    self.weekday = weekday
  }
}

extension Weekday {
  /// As rules write it: `MO` to `SU`.
  public var code: String {
    switch self {
    case .monday: "MO"
    case .tuesday: "TU"
    case .wednesday: "WE"
    case .thursday: "TH"
    case .friday: "FR"
    case .saturday: "SA"
    case .sunday: "SU"
    }
  }
}
