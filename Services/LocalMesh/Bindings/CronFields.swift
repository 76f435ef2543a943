import Recurrence

/// The six fields of a cron schedule, each as the set of the numbers that match.
struct CronFields: Sendable {
  private let seconds: [Int]
  private let minutes: [Int]
  private let hours: [Int]
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let isAnyDay: Bool
  private let isAnyWeekday: Bool

  /// Five fields (minute, hour, day, month, weekday) or six, with the second first.
  init(_ words: [String]) throws(CronSchedule.Fault) {
    guard words.count == 5 || words.count == 6 else {
      throw CronSchedule.Fault(reason: "a schedule has 5 or 6 fields, not \(words.count)")
    }
    let fields = words.count == 5 ? ["0"] + words : words
    seconds = try Self.numbers(fields[0], 0...59).sorted()
    minutes = try Self.numbers(fields[1], 0...59).sorted()
    hours = try Self.numbers(fields[2], 0...23).sorted()
    days = try Self.numbers(fields[3], 1...31)
    months = try Self.numbers(fields[4], 1...12, names: Self.monthNames, namesFrom: 1)
    // 7 is Sunday too.
    weekdays = Set(try Self.numbers(fields[5], 0...7, names: Self.weekdayNames, namesFrom: 0).map { $0 % 7 })
    isAnyDay = Self.isAny(fields[3])
    isAnyWeekday = Self.isAny(fields[5])
  }

  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  private static func isAny(_ field: String) -> Bool { field == "*" || field == "?" }

  /// The first wall time after `wall` that matches; nil when none does within five years.
  func next(after wall: WallTime) -> WallTime? {
    var date = wall.date
    var start = wall.secondOfDay + 1
    for _ in 0...(5 * 366) {
      if matches(date), let second = firstSecond(from: start) { return WallTime(date: date, secondOfDay: second) }
      date = date.adding(days: 1)
      start = 0
    }
    return nil
  }

  private func matches(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    let isDay = days.contains(date.day)
    let isWeekday = weekdays.contains(date.weekday.rawValue % 7)
    // When both are restricted either may match, as in every cron.
    return isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
  }

  private func firstSecond(from start: Int) -> Int? {
    for hour in hours where hour >= start / 3600 {
      for minute in minutes where hour * 60 + minute >= start / 60 {
        for second in seconds {
          let candidate = hour * 3600 + minute * 60 + second
          if candidate >= start { return candidate }
        }
      }
    }
    return nil
  }

  /// A list of `*`, `5`, `1-5`, each with `/step`.
  private static func numbers(
    _ field: String, _ range: ClosedRange<Int>, names: [String] = [], namesFrom: Int = 0
  ) throws(CronSchedule.Fault) -> Set<Int> {
    func number(_ text: Substring) throws(CronSchedule.Fault) -> Int {
      if let index = names.firstIndex(of: text.lowercased()) { return index + namesFrom }
      guard let number = Int(text), range.contains(number) else {
        throw CronSchedule.Fault(
          reason: "`\(text)` is no number from \(range.lowerBound) to \(range.upperBound) in the field `\(field)`")
      }
      return number
    }
    var found: Set<Int> = []
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let step = halves.count == 2 ? Int(halves[1]) ?? 0 : 1
      guard step > 0 else { throw CronSchedule.Fault(reason: "`\(part)` has no step that is a positive number") }
      var bounds = range
      if !isAny(String(halves[0])) {
        let ends = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try number(ends[0])
        // `5/15` goes on to the end of the range.
        let last = ends.count == 2 ? try number(ends[1]) : halves.count == 2 ? range.upperBound : first
        guard first <= last else { throw CronSchedule.Fault(reason: "`\(part)` runs backwards") }
        bounds = first...last
      }
      found.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
    }
    return found
  }
}
