/// Which times of a day the parts BYHOUR, BYMINUTE and BYSECOND of a rule name, a bit each; what is open is the start's, or any
/// where the frequency is so short that the part limits rather than adds.
struct TimeFilter: Sendable {
  private(set) var hours: UInt64
  private(set) var minutes: UInt64
  private(set) var seconds: UInt64

  init(_ rule: RecurrenceRule, start: WallTime) {
    func bits(_ values: [Int], start: Int, limit: Int, isOpen: Bool) -> UInt64 {
      if values.isEmpty { return isOpen ? (1 << UInt64(limit)) - 1 : 1 << UInt64(start) }
      return values.reduce(0) { $0 | 1 << UInt64(min($1, limit - 1)) }
    }
    // A date has no time of day to choose (RFC 5545: the parts are ignored).
    let isDate = start.isDateOnly && !rule.frequency.isWithinDay
    hours = bits(
      isDate ? [] : rule.byHour, start: start.hour, limit: 24, isOpen: rule.frequency <= .hourly)
    minutes = bits(
      isDate ? [] : rule.byMinute, start: start.minute, limit: 60, isOpen: rule.frequency <= .minutely)
    seconds = bits(
      isDate ? [] : rule.bySecond, start: start.second, limit: 60, isOpen: rule.frequency == .secondly)
  }

  /// Seconds of the day, ascending.
  var timesOfDay: [Int] { Self.sums(hours, 3600, Self.sums(minutes, 60, Self.sums(seconds, 1, [0]))) }

  /// Seconds of the hour, ascending.
  var timesOfHour: [Int] { Self.sums(minutes, 60, Self.sums(seconds, 1, [0])) }

  /// Seconds of the minute, ascending.
  var timesOfMinute: [Int] { Self.sums(seconds, 1, [0]) }

  private static func sums(_ bits: UInt64, _ unit: Int, _ rest: [Int]) -> [Int] {
    bits.setBits.flatMap { bit in rest.map { bit * unit + $0 } }
  }
}

extension FixedWidthInteger {
  /// The places of the bits that are set, ascending.
  var setBits: [Int] { (0..<Self.bitWidth).filter { self & (1 << Self($0)) != 0 } }

  /// The first place at or after `place` whose bit is set.
  func firstSetBit(from place: Int) -> Int? {
    guard place < Self.bitWidth else { return nil }
    let rest = self >> Self(place)
    return rest == 0 ? nil : place + rest.trailingZeroBitCount
  }
}
