extension RecurrenceRule: CustomStringConvertible {
  /// Reads one rule; a leading `RRULE:` is taken too. Names may be in either case.
  public init(_ text: String) throws(RecurrenceRuleError) {
    let rules = try Self.rules(text)
    guard rules.count == 1 else {
      throw RecurrenceRuleError(part: nil, offset: 0, reason: "Expected one rule, found \(rules.count) lines")
    }
    self = rules[0]
  }

  /// The most rules that one text may hold, one a line.
  public static let maximumRules = 32
  /// The longest text, in octets.
  public static let maximumTextLength = 16_384

  /// Reads rules, one a line, each of which may begin with `RRULE:`.
  /// - Returns: 1…``maximumRules`` rules.
  public static func rules(_ text: String) throws(RecurrenceRuleError) -> [RecurrenceRule] {
    let bytes = Array(text.utf8)
    guard bytes.count <= maximumTextLength else {
      throw RecurrenceRuleError(
        part: nil, offset: maximumTextLength, reason: "A rule has at most \(maximumTextLength) octets")
    }
    var rules: [RecurrenceRule] = []
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      // The line feed that ends the last line makes no further one.
      if content.isEmpty, content.startIndex == bytes.count, !rules.isEmpty { continue }
      guard rules.count < maximumRules else {
        throw RecurrenceRuleError(
          part: nil, offset: content.startIndex, reason: "There may be at most \(maximumRules) rules")
      }
      var parser = RecurrenceRuleParser(content)
      rules.append(try parser.rule())
    }
    return rules
  }

  /// As RFC 5545 writes it, without `RRULE:`; reading it gives an equal rule.
  public var description: String {
    var parts = ["FREQ=\(frequency.code)"]
    if let until { parts.append("UNTIL=\(until)") }
    if let count { parts.append("COUNT=\(count)") }
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    func append(_ name: String, _ values: [Int]) {
      if !values.isEmpty { parts.append("\(name)=\(values.map(String.init).joined(separator: ","))") }
    }
    append("BYSECOND", bySecond)
    append("BYMINUTE", byMinute)
    append("BYHOUR", byHour)
    if !byDay.isEmpty { parts.append("BYDAY=\(byDay.map(\.description).joined(separator: ","))") }
    append("BYMONTHDAY", byMonthDay)
    append("BYYEARDAY", byYearDay)
    append("BYWEEKNO", byWeekNo)
    append("BYMONTH", byMonth)
    append("BYSETPOS", bySetPos)
    if weekStart != .monday { parts.append("WKST=\(weekStart.code)") }
    return parts.joined(separator: ";")
  }
}

extension WeekdayOrdinal: CustomStringConvertible {
  public var description: String { ordinal == 0 ? weekday.code : "\(ordinal)\(weekday.code)" }
}

extension RecurrenceRule.End: CustomStringConvertible {
  /// In the basic form of RFC 5545: `20271224T090000Z`, `20271224T090000` or `20271224`.
  public var description: String {
    switch self {
    case .instant(let instant): basic(WallTime(secondsSinceEpoch: instant.secondsSinceEpoch)) + "Z"
    case .wall(let wall): basic(wall)
    }
  }

  private func basic(_ wall: WallTime) -> String {
    asciiText { bytes in
      bytes.appendDecimal(wall.date.year, width: 4)
      bytes.appendDecimal(wall.date.month, width: 2)
      bytes.appendDecimal(wall.date.day, width: 2)
      guard !wall.isDateOnly else { return }
      bytes.append(ascii: "T")
      bytes.appendDecimal(wall.hour, width: 2)
      bytes.appendDecimal(wall.minute, width: 2)
      bytes.appendDecimal(wall.second, width: 2)
    }
  }
}
