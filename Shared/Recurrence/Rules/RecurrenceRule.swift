/// The value of an RFC 5545 `RRULE` (§3.3.10), such as `FREQ=MONTHLY;BYDAY=-1FR;COUNT=6`. It is made by reading a text, and
/// what has been read keeps to the RFC's rules about which parts may stand together.
///
/// Rules run on the wall's clock at every frequency. An absent part is an empty array.
public struct RecurrenceRule: Hashable, Sendable {
  /// Where a rule ends, itself included.
  public enum End: Hashable, Sendable {
    case instant(Instant)
    /// A wall time of the zone; a date alone includes its whole day.
    case wall(WallTime)
  }

  public internal(set) var frequency: Frequency
  /// 1 or more.
  public internal(set) var interval = 1
  /// How many occurrences the rule has, 1…``maximumCount``; never together with `until`.
  public internal(set) var count: Int?
  public internal(set) var until: End?
  /// The first day of a week (`WKST`).
  public internal(set) var weekStart = Weekday.monday
  /// 0…60; 60 is taken as 59 (RFC 5545 §3.3.12).
  public internal(set) var bySecond: [Int] = []
  public internal(set) var byMinute: [Int] = []
  public internal(set) var byHour: [Int] = []
  public internal(set) var byDay: [WeekdayOrdinal] = []
  /// 1…31, or from the month's end −1…−31.
  public internal(set) var byMonthDay: [Int] = []
  /// 1…366, or from the year's end −1…−366.
  public internal(set) var byYearDay: [Int] = []
  /// 1…53, or from the year's end −1…−53. A day counts in the calendar year that it lies in.
  public internal(set) var byWeekNo: [Int] = []
  public internal(set) var byMonth: [Int] = []
  /// Which of a period's occurrences are kept: 1…366, or from the period's end −1…−366.
  public internal(set) var bySetPos: [Int] = []

  /// A greater `COUNT` is refused: occurrences have to be counted from the start.
  public static let maximumCount = 1_000_000

  init(frequency: Frequency) { self.frequency = frequency }
}
