import Recurrence

/// A rule made by chance, within what python-dateutil 2.9 can judge. It is no judge of:
/// - BYWEEKNO without BYDAY: it takes all days of the week, the contract the weekday of the start. Here BYDAY is always added.
/// - 1 to 3 January with BYWEEKNO: it loses those that lie in the last week of the year before. They are left out on both sides.
/// - 29 to 31 December with BYWEEKNO −52 or −53: in week 1 of the next year it does not look from the end (its source: "TODO: Check
///   -numweeks for next year"). They are left out on both sides.
/// - BYDAY that mixes plain and counted weekdays: it wants both at once, the RFC either. Here they are never mixed.
/// - WEEKLY with BYSETPOS: its first week begins with the start rather than with WKST. Here the start is a Monday, WKST too.
/// - BYSECOND=60: it takes it for an error; here it is left out.
/// - COUNT where two times fall on one instant: it counts wall times. Here the script counts instants.
struct RandomRule {
  var parts: [String] = []
  var start: WallTime
  var zone: String
  /// How far the comparison looks.
  var days: Int
  let usesWeekNumbers: Bool

  static let zones = [
    "UTC", "America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Europe/Dublin", "Africa/Casablanca", "Pacific/Chatham",
  ]

  init(using generator: inout some RandomNumberGenerator) {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
    func some(_ range: ClosedRange<Int>, negative: Bool = false, upTo most: Int = 4) -> String {
      let values = (0..<Int.random(in: 1...most, using: &generator)).map { _ in
        let value = Int.random(in: range, using: &generator)
        return negative && chance(40) ? -value : value
      }
      return values.map(String.init).joined(separator: ",")
    }
    func weekdays(counted: ClosedRange<Int>?) -> String {
      Set((0..<Int.random(in: 1...4, using: &generator)).map { _ in Int.random(in: 0..<7, using: &generator) }).sorted()
        .map { day in
          let ordinal = counted.map { Int.random(in: $0, using: &generator) * (chance(40) ? -1 : 1) }
          return "\(ordinal.map(String.init) ?? "")\(["MO", "TU", "WE", "TH", "FR", "SA", "SU"][day])"
        }.joined(separator: ",")
    }

    let frequency = Frequency.allCases.randomElement(using: &generator) ?? .daily
    zone = Self.zones.randomElement(using: &generator) ?? "UTC"
    parts = ["FREQ=\(frequency.code)"]
    if chance(50) {
      let most = frequency < .hourly ? 200 : frequency == .hourly ? 60 : 7
      parts.append("INTERVAL=\(Int.random(in: 1...most, using: &generator))")
    }
    let isShort = frequency < .hourly
    usesWeekNumbers = frequency == .yearly && chance(15)
    if chance(25), !isShort { parts.append("BYMONTH=\(some(1...12))") }
    if usesWeekNumbers { parts.append("BYWEEKNO=\(some(1...53, negative: true))") }
    if chance(15), frequency == .yearly || frequency == .hourly {
      parts.append("BYYEARDAY=\(some(1...366, negative: true, upTo: 30))")
    }
    if chance(25), frequency != .weekly, !isShort {
      parts.append("BYMONTHDAY=\(some(1...31, negative: true, upTo: 8))")
    }
    if chance(40) || usesWeekNumbers {
      let counted: ClosedRange<Int>? =
        usesWeekNumbers || chance(50)
        ? nil
        : frequency == .monthly
          ? 1...5 : frequency == .yearly ? (parts.contains { $0.hasPrefix("BYMONTH=") } ? 1...5 : 1...53) : nil
      parts.append("BYDAY=\(weekdays(counted: counted))")
    }
    if chance(25) { parts.append("BYHOUR=\(some(0...23))") }
    if chance(25) { parts.append("BYMINUTE=\(some(0...59))") }
    if chance(15) { parts.append("BYSECOND=\(some(0...59))") }
    let choosesPositions = parts.contains { $0.hasPrefix("BY") } && !usesWeekNumbers && chance(20)
    if choosesPositions {
      // A second has one time, a minute or a day seldom more than two: dateutil is slow to see that there is no third.
      let most = frequency == .secondly ? 1 : frequency <= .daily ? 2 : 6
      parts.append("BYSETPOS=\(some(1...most, negative: true, upTo: 3))")
    }
    let needsMonday = choosesPositions && frequency == .weekly
    if chance(40), !needsMonday {
      parts.append("WKST=\(["SU", "WE", "SA", "MO"].randomElement(using: &generator) ?? "MO")")
    }

    // Half of the starts lie just before a change of some zone's clock.
    let dates = [
      "2026-03-07", "2026-03-28", "2026-10-03", "2011-12-29", "2018-11-03", "2026-10-24", "2026-10-31", "2026-04-04",
    ]
    var date = CivilDate(daysSinceEpoch: Int.random(in: 9000...26_000, using: &generator))
    if chance(50), let near = try? CivilDate(dates.randomElement(using: &generator) ?? "") { date = near }
    if needsMonday { date = date.adding(days: 1 - date.weekday.rawValue) }
    let second =
      chance(50) ? Int.random(in: 0..<48, using: &generator) * 1800 : Int.random(in: 0..<86_400, using: &generator)
    start = WallTime(date: date, secondOfDay: second)
    switch frequency {
    case .secondly: days = Int.random(in: 1...2, using: &generator)
    case .minutely: days = Int.random(in: 1...10, using: &generator)
    case .hourly: days = Int.random(in: 1...800, using: &generator)
    case .daily, .weekly: days = Int.random(in: 10...4000, using: &generator)
    default: days = Int.random(in: 300...12_000, using: &generator)
    }
  }

  /// The rule up to the horizon.
  var boundedRule: String { rule(until: horizon) }

  /// For dateutil, which compares wall times: far enough beyond the horizon that no gap of a zone makes a difference.
  var looselyBoundedRule: String { rule(until: WallTime(date: horizon.date.adding(days: 2), secondOfDay: 0)) }

  private func rule(until end: WallTime) -> String {
    (parts + ["UNTIL=\(RecurrenceRule.End.wall(end))"]).joined(separator: ";")
  }

  /// Whether dateutil is a judge of a date of this rule.
  func isJudged(_ date: CivilDate) -> Bool {
    guard usesWeekNumbers else { return true }
    let countsBack = parts.contains { $0.hasPrefix("BYWEEKNO=") && ($0.contains("-52") || $0.contains("-53")) }
    return !(date.month == 1 && date.day <= 3) && !(countsBack && date.month == 12 && date.day >= 29)
  }

  /// On the start's time of day, so that daily rules meet it.
  var horizon: WallTime { WallTime(date: start.date.adding(days: days), secondOfDay: start.secondOfDay) }
}
