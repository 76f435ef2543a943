/// The instants of a rule, strictly ascending, each once, within its COUNT and UNTIL.
///
/// A wall time that the zone's clock skips is read with the offset before the gap and so falls on, or between, the times that
/// follow the gap. Both kinds ascend among themselves; the skipped ones wait here until the others have caught up.
struct RuleInstants {
  private var walk: RuleWalk
  private var resolver: WallTimeResolver
  private let lastSecond: Int
  private var remaining: Int

  /// Instants of skipped wall times; those before `skippedIndex` have been given.
  private var skipped: [Int] = []
  private var skippedIndex = 0
  /// The instant of the last wall time walked to, unless it has been given.
  private var shown: Int?
  private var lastGiven: Int?

  /// - Parameter wall: seconds of wall time before which none is wanted; a rule with COUNT is walked from its start all the same.
  init(_ rule: RecurrenceRule, start: WallTime, zone: TimeZoneRules, from wall: Int = .min) {
    walk = RuleWalk(rule, start: start, from: rule.count == nil ? wall : .min)
    resolver = WallTimeResolver(zone: zone)
    remaining = rule.count ?? .max
    lastSecond = rule.until?.lastSecond(in: zone) ?? Instant.seconds.upperBound
  }

  /// The next one in seconds from the epoch.
  mutating func next() -> Int? {
    guard remaining > 0 else { return nil }
    while let candidate = step() {
      if candidate == lastGiven { continue }
      guard candidate <= lastSecond else { break }
      lastGiven = candidate
      remaining -= 1
      return candidate
    }
    remaining = 0
    return nil
  }

  private mutating func step() -> Int? {
    while shown == nil, let wall = walk.next() {
      let (seconds, isInGap) = resolver.resolve(wall)
      if isInGap { skipped.append(seconds) } else { shown = seconds }
    }
    guard skippedIndex < skipped.count, skipped[skippedIndex] <= shown ?? .max else {
      defer { shown = nil }
      return shown
    }
    defer {
      skippedIndex += 1
      if skippedIndex == skipped.count {
        skipped.removeAll()
        skippedIndex = 0
      }
    }
    return skipped[skippedIndex]
  }
}

extension RecurrenceRule.End {
  /// The last second that belongs to the rule, from the epoch.
  fileprivate func lastSecond(in zone: TimeZoneRules) -> Int {
    switch self {
    case .instant(let instant): return instant.secondsSinceEpoch
    case .wall(let wall):
      guard wall.isDateOnly else { return zone.instant(of: wall).secondsSinceEpoch }
      return zone.instant(of: WallTime(date: wall.date.adding(days: 1))).secondsSinceEpoch - 1
    }
  }
}
