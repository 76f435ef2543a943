/// The TZ string of POSIX with the extensions of RFC 9636 §3.3.1, such as `EST5EDT,M3.2.0,M11.1.0` or `<+1030>-10:30<+11>-11,…`:
/// what holds after the last transition of a file, for ever.
struct POSIXZone: Sendable {
  /// Seconds east of UTC.
  let standardOffset: Int
  private let summer: Summer?

  private struct Summer: Sendable {
    var offset: Int
    var start: YearlyMoment
    var end: YearlyMoment
  }

  /// The span that `time` (seconds from the epoch) lies in.
  func span(at time: Int) -> OffsetSpan {
    guard let summer else { return OffsetSpan(start: .min, end: .max, offset: standardOffset) }
    let year = CivilDate(daysSinceEpoch: (time + standardOffset).dividedDown(by: 86_400)).year
    // A year's changes may lie in the one beside it in UTC, and summer may last over new year: three years are enough to see both ends.
    var changes: [(time: Int, isSummer: Bool)] = []
    changes.reserveCapacity(6)
    for year in (year - 1)...(year + 1) {
      changes.append((summer.start.wallSeconds(in: year) - standardOffset, true))
      changes.append((summer.end.wallSeconds(in: year) - summer.offset, false))
    }
    // Where summer ends as it begins (summer all year), the beginning counts.
    changes.sort { ($0.time, $0.isSummer ? 1 : 0) < ($1.time, $1.isSummer ? 1 : 0) }
    let index = changes.lastIndex { $0.time <= time } ?? 0
    let next = changes[(index + 1)...].first { $0.time > time }
    return OffsetSpan(
      start: changes[index].time, end: next?.time ?? .max,
      offset: changes[index].isSummer ? summer.offset : standardOffset)
  }

  init?(_ text: Span<UInt8>) {
    var scanner = CivilTextScanner(text)
    guard scanner.takeZoneName(), let standard = scanner.posixTime(maximumHour: 24) else { return nil }
    standardOffset = -standard
    if scanner.next == nil {
      summer = nil
      return
    }
    guard scanner.takeZoneName() else { return nil }
    var offset = standardOffset + 3600
    if scanner.next != UInt8(ascii: ",") {
      guard let given = scanner.posixTime(maximumHour: 24) else { return nil }
      offset = -given
    }
    guard scanner.take(","), let start = scanner.yearlyMoment(), scanner.take(","), let end = scanner.yearlyMoment(),
      scanner.next == nil
    else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }
}

/// A day of every year and a time on it, as POSIX writes them: `M3.2.0/2`, `J60`, `59/-1:30`.
private struct YearlyMoment: Sendable {
  enum Day: Sendable {
    /// 1…365, 29 February never counted.
    case withoutLeapDay(Int)
    /// 0…365, 29 February counted.
    case zeroBased(Int)
    /// Weekday 0 (Sunday)…6 in week 1…5 of a month, 5 being the last.
    case weekday(Int, week: Int, month: Int)
  }

  var day: Day
  /// Seconds from 00:00 of that day, -167 to 167 hours.
  var time: Int

  /// In `year`, as seconds of wall time from the epoch.
  func wallSeconds(in year: Int) -> Int { dayNumber(in: year) * 86_400 + time }

  private func dayNumber(in year: Int) -> Int {
    switch day {
    case .withoutLeapDay(let day):
      let isAfterLeapDay = day >= 60 && CivilDate.isLeap(year)
      return CivilDate.daysSinceEpoch(year: year, month: 1, day: day + (isAfterLeapDay ? 1 : 0))
    case .zeroBased(let day):
      return CivilDate.daysSinceEpoch(year: year, month: 1, day: day + 1)
    case .weekday(let weekday, let week, let month):
      let first = CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
      let firstWeekday = CivilDate.weekday(daysSinceEpoch: first).rawValue % 7
      let day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      return first + (day < CivilDate.days(inMonth: month, of: year) ? day : day - 7)
    }
  }
}

extension CivilTextScanner {
  /// Takes three letters or more, or `<…>`.
  @_lifetime(self: copy self)
  fileprivate mutating func takeZoneName() -> Bool {
    if take("<") {
      while let byte = next, byte != UInt8(ascii: ">") { skip() }
      return take(">")
    }
    let start = offset
    while let byte = next, UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 { skip() }
    return offset - start >= 3
  }

  /// Takes `-2`, `10:30` or `01:02:03` as seconds.
  @_lifetime(self: copy self)
  fileprivate mutating func posixTime(maximumHour: Int) -> Int? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard let hours = posixNumber(0...maximumHour) else { return nil }
    var seconds = hours * 3600
    if take(":") {
      guard let minutes = posixNumber(0...59) else { return nil }
      seconds += minutes * 60
      if take(":") {
        guard let rest = posixNumber(0...59) else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  @_lifetime(self: copy self)
  fileprivate mutating func yearlyMoment() -> YearlyMoment? {
    guard let day = yearlyDay() else { return nil }
    guard take("/") else { return YearlyMoment(day: day, time: 7200) }
    guard let time = posixTime(maximumHour: 167) else { return nil }
    return YearlyMoment(day: day, time: time)
  }

  @_lifetime(self: copy self)
  private mutating func yearlyDay() -> YearlyMoment.Day? {
    if take("M") {
      guard let month = posixNumber(1...12), take("."), let week = posixNumber(1...5), take("."),
        let weekday = posixNumber(0...6)
      else { return nil }
      return .weekday(weekday, week: week, month: month)
    }
    if take("J") { return posixNumber(1...365).map { .withoutLeapDay($0) } }
    return posixNumber(0...365).map { .zeroBased($0) }
  }

  /// Takes one to three digits.
  @_lifetime(self: copy self)
  private mutating func posixNumber(_ range: ClosedRange<Int>) -> Int? {
    guard var value = takeDigit() else { return nil }
    while value < 100, let digit = takeDigit() { value = value * 10 + digit }
    return range.contains(value) ? value : nil
  }
}
