/// Reads one line of RFC 5545 `RRULE` text. Positions are indices into the whole text, which the slice keeps.
struct RecurrenceRuleParser {
  typealias Text = ArraySlice<UInt8>

  private let line: Text
  /// The name of the part being read, for errors.
  private var part: String?
  /// Where each part was seen.
  private var seen: [String: Int] = [:]

  init(_ line: Text) {
    let prefix = "RRULE:"
    self.line = Self.upper(line.prefix(prefix.utf8.count)) == prefix ? line.dropFirst(prefix.utf8.count) : line
  }

  mutating func rule() throws(RecurrenceRuleError) -> RecurrenceRule {
    var rule = RecurrenceRule(frequency: .daily)
    for text in line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      part = nil
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
        throw fault(text.startIndex, "Expected a part such as FREQ=DAILY, found '\(Self.shown(text))'")
      }
      let name = Self.upper(text[..<equals])
      guard Self.names.contains(name) else {
        throw fault(text.startIndex, "There is no part '\(Self.shown(text[..<equals]))'")
      }
      part = name
      guard name != "SKIP", name != "RSCALE" else { throw fault(text.startIndex, "RFC 7529 is not supported yet") }
      guard seen.updateValue(text.startIndex, forKey: name) == nil else {
        throw fault(text.startIndex, "The part stands there twice")
      }
      try read(text[(equals + 1)...], into: &rule)
    }
    try check(rule)
    return rule
  }

  private static let names: Set<String> = [
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY",
    "BYWEEKNO", "BYMONTH", "BYSETPOS", "SKIP", "RSCALE",
  ]

  private mutating func read(_ value: Text, into rule: inout RecurrenceRule) throws(RecurrenceRuleError) {
    switch part {
    case "FREQ":
      guard let frequency = Frequency.allCases.first(where: { $0.code == Self.upper(value) }) else {
        throw fault(value.startIndex, "Expected SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")
      }
      rule.frequency = frequency
    case "INTERVAL": rule.interval = try number(value, in: 1...999_999_999)
    case "COUNT": rule.count = try number(value, in: 1...RecurrenceRule.maximumCount)
    case "UNTIL": rule.until = try end(value)
    case "WKST": rule.weekStart = try weekday(value)
    case "BYSECOND": rule.bySecond = try numbers(value, in: 0...60)
    case "BYMINUTE": rule.byMinute = try numbers(value, in: 0...59)
    case "BYHOUR": rule.byHour = try numbers(value, in: 0...23)
    case "BYDAY":
      for item in Self.items(value) { rule.byDay.append(try weekdayOrdinal(item)) }
    case "BYMONTHDAY": rule.byMonthDay = try numbers(value, in: 1...31, orNegative: true)
    case "BYYEARDAY": rule.byYearDay = try numbers(value, in: 1...366, orNegative: true)
    case "BYWEEKNO": rule.byWeekNo = try numbers(value, in: 1...53, orNegative: true)
    case "BYMONTH": rule.byMonth = try numbers(value, in: 1...12)
    default: rule.bySetPos = try numbers(value, in: 1...366, orNegative: true)
    }
  }

  /// What RFC 5545 §3.3.10 says about parts that may not stand together.
  private mutating func check(_ rule: RecurrenceRule) throws(RecurrenceRuleError) {
    part = nil
    guard seen["FREQ"] != nil else { throw fault(line.startIndex, "The part FREQ is missing") }
    if seen["COUNT"] != nil { try refuse("UNTIL", "It cannot stand beside COUNT") }
    let frequency = rule.frequency
    if frequency != .monthly && frequency != .yearly && rule.byDay.contains(where: { $0.ordinal != 0 }) {
      try refuse("BYDAY", "A weekday with a number needs FREQ=MONTHLY or YEARLY")
    }
    if frequency == .yearly && !rule.byWeekNo.isEmpty && rule.byDay.contains(where: { $0.ordinal != 0 }) {
      try refuse("BYDAY", "A weekday with a number cannot stand beside BYWEEKNO")
    }
    if frequency == .weekly { try refuse("BYMONTHDAY", "It cannot stand beside FREQ=WEEKLY") }
    if frequency == .daily || frequency == .weekly || frequency == .monthly {
      try refuse("BYYEARDAY", "It cannot stand beside FREQ=\(frequency.code)")
    }
    if frequency != .yearly { try refuse("BYWEEKNO", "It needs FREQ=YEARLY") }
    if !seen.keys.contains(where: { $0.hasPrefix("BY") && $0 != "BYSETPOS" }) {
      try refuse("BYSETPOS", "It needs another part that begins with BY")
    }
  }

  private mutating func refuse(_ name: String, _ reason: String) throws(RecurrenceRuleError) {
    guard let offset = seen[name] else { return }
    part = name
    throw fault(offset, reason)
  }

  private func fault(_ offset: Int, _ reason: String) -> RecurrenceRuleError {
    RecurrenceRuleError(part: part, offset: offset, reason: reason)
  }
}

// What values are made of.
extension RecurrenceRuleParser {
  private static func items(_ value: Text) -> [Text] {
    value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
  }

  private func numbers(
    _ value: Text, in range: ClosedRange<Int>, orNegative: Bool = false
  ) throws(RecurrenceRuleError) -> [Int] {
    var numbers: [Int] = []
    for item in Self.items(value) { numbers.append(try number(item, in: range, orNegative: orNegative)) }
    return numbers
  }

  private func number(
    _ value: Text, in range: ClosedRange<Int>, orNegative: Bool = false
  ) throws(RecurrenceRuleError) -> Int {
    var digits = value
    let isNegative = orNegative && digits.first == UInt8(ascii: "-")
    if isNegative || (orNegative && digits.first == UInt8(ascii: "+")) { digits = digits.dropFirst() }
    guard let magnitude = Self.decimal(digits), range.contains(magnitude) else {
      let signed = orNegative ? ", or from -\(range.upperBound) to -\(range.lowerBound)" : ""
      throw fault(
        value.startIndex,
        "Expected a number from \(range.lowerBound) to \(range.upperBound)\(signed), found '\(Self.shown(value))'")
    }
    return isNegative ? -magnitude : magnitude
  }

  private func weekdayOrdinal(_ value: Text) throws(RecurrenceRuleError) -> WeekdayOrdinal {
    let code = value.suffix(2)
    let weekday = try weekday(code, shown: value)
    guard code.startIndex > value.startIndex else { return WeekdayOrdinal(weekday: weekday) }
    return WeekdayOrdinal(ordinal: try number(value.dropLast(2), in: 1...53, orNegative: true), weekday: weekday)
  }

  private func weekday(_ code: Text, shown: Text? = nil) throws(RecurrenceRuleError) -> Weekday {
    guard let weekday = Weekday.allCases.first(where: { $0.code == Self.upper(code) }) else {
      throw fault(
        (shown ?? code).startIndex, "Expected MO, TU, WE, TH, FR, SA or SU, found '\(Self.shown(shown ?? code))'")
    }
    return weekday
  }

  /// `20271224`, `20271224T090000` or `20271224T090000Z`.
  private func end(_ value: Text) throws(RecurrenceRuleError) -> RecurrenceRule.End {
    let isUTC = value.last.map { $0 | 0x20 } == UInt8(ascii: "z")
    let local = isUTC ? value.dropLast() : value
    let bytes = Array(local)
    let hasTime = bytes.count == 15 && bytes[8] | 0x20 == UInt8(ascii: "t")
    guard hasTime || (bytes.count == 8 && !isUTC), let year = Self.decimal(bytes[0..<4]),
      let month = Self.decimal(bytes[4..<6]), let day = Self.decimal(bytes[6..<8])
    else { throw endFault(value) }
    guard let date = CivilDate(year: year, month: month, day: day) else {
      throw fault(value.startIndex, "There is no date \(Self.shown(local.prefix(8)))")
    }
    guard hasTime else { return .wall(WallTime(date: date)) }
    guard let hour = Self.decimal(bytes[9..<11]), let minute = Self.decimal(bytes[11..<13]),
      let second = Self.decimal(bytes[13..<15])
    else { throw endFault(value) }
    guard hour < 24, minute < 60, second <= 60 else {
      throw fault(value.startIndex + 9, "There is no time \(Self.shown(local.suffix(6)))")
    }
    let wall = WallTime(date: date, secondOfDay: hour * 3600 + minute * 60 + min(second, 59))
    return isUTC ? .instant(Instant(secondsSinceEpoch: wall.secondsSinceEpoch)) : .wall(wall)
  }

  private func endFault(_ value: Text) -> RecurrenceRuleError {
    fault(
      value.startIndex,
      "Expected a date as 20271224, a wall time as 20271224T090000 or an instant as 20271224T090000Z, found '\(Self.shown(value))'"
    )
  }

  /// One to nine digits as a number.
  private static func decimal(_ text: Text) -> Int? {
    guard 1...9 ~= text.count else { return nil }
    var value = 0
    for byte in text {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func upper(_ text: Text) -> String {
    String(decoding: text.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 ? $0 & 0xDF : $0 }, as: UTF8.self)
  }

  /// The beginning of what came, for an error.
  private static func shown(_ text: Text) -> String { String(decoding: text.prefix(24), as: UTF8.self) }
}
