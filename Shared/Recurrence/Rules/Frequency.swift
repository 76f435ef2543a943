/// The period that a recurrence rule repeats by (RFC 5545 §3.3.10, `FREQ`), from the shortest to the longest.
public enum Frequency: Int, CaseIterable, Comparable, Sendable {
  case secondly, minutely, hourly, daily, weekly, monthly, yearly

  public static func < (a: Frequency, b: Frequency) -> Bool { a.rawValue < b.rawValue }

  /// As rules write it.
  public var code: String {
    switch self {
    case .secondly: "SECONDLY"
    case .minutely: "MINUTELY"
    case .hourly: "HOURLY"
    case .daily: "DAILY"
    case .weekly: "WEEKLY"
    case .monthly: "MONTHLY"
    case .yearly: "YEARLY"
    }
  }

  /// Whether the period is shorter than a day.
  var isWithinDay: Bool { self < .daily }
}
