import Glibc

/// A moment on the system's clock: seconds since 1970 in UTC, and nanoseconds.
public struct LogTime: Sendable, Equatable {
  public var seconds: Int
  public var nanoseconds: Int

  public init(seconds: Int, nanoseconds: Int) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  public static func now() -> LogTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return LogTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }

  /// Appends `2027-03-14T07:30:00.123Z`.
  func appendTimestamp(to bytes: inout [UInt8]) {
    let (days, second) = seconds.floorDivided(by: 86_400)
    // Days since 0000-03-01 in eras of 400 years: leap days then stand at the end of a year.
    let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    bytes.appendDigits(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDigits(month, 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDigits(dayOfYear - (153 * shifted + 2) / 5 + 1, 2)
    bytes.append(UInt8(ascii: "T"))
    appendClock(secondOfDay: second, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Appends `07:30:00.123`, in UTC.
  func appendClock(to bytes: inout [UInt8]) {
    appendClock(secondOfDay: seconds.floorDivided(by: 86_400).remainder, to: &bytes)
  }

  private func appendClock(secondOfDay: Int, to bytes: inout [UInt8]) {
    bytes.appendDigits(secondOfDay / 3600, 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDigits(secondOfDay / 60 % 60, 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDigits(secondOfDay % 60, 2)
    bytes.append(UInt8(ascii: "."))
    bytes.appendDigits(nanoseconds / 1_000_000, 3)
  }
}

extension Int {
  fileprivate func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension [UInt8] {
  fileprivate mutating func appendDigits(_ value: Int, _ count: Int) {
    var divisor = 1
    for _ in 1..<count { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
