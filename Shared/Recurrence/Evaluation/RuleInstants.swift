/// The instants of a rule, strictly ascending, each once, within its COUNT and UNTIL.
///
/// A wall time that the zone's clock skips is read with the offset before the gap and so falls on, or between, the times that
/// follow the gap. Both kinds ascend among themselves; the skipped ones wait here until the others have caught up.
struct RuleInstants {
  /// An instant and the wall time that gave it, in seconds from the epoch.
  struct Element {
    var seconds: Int
    var wall: Int
  }

  private var walk: RuleWalk
  private var resolver: WallTimeResolver
  private let lastSecond: Int
  private var remaining: Int

  /// Skipped wall times; those before `skippedIndex` are done with.
  private var skipped: [Element] = []
  private var skippedIndex = 0
  /// The last wall time walked to, unless it has been given.
  private var shown: Element?

  /// - Parameter wall: seconds of wall time before which none is wanted; a rule with COUNT is walked from its start all the same.
  init(_ rule: RecurrenceRule, start: WallTime, zone: TimeZoneRules, from wall: Int = .min) {
    walk = RuleWalk(rule, start: start, from: rule.count == nil ? wall : .min)
    resolver = WallTimeResolver(zone: zone)
    remaining = rule.count ?? .max
    lastSecond = rule.until?.lastSecond(in: zone) ?? Instant.seconds.upperBound
  }

  mutating func next() -> Element? {
    guard remaining > 0 else { return nil }
    guard let element = step(), element.seconds <= lastSecond else {
      remaining = 0
      return nil
    }
    remaining -= 1
    return element
  }

  private mutating func step() -> Element? {
    while shown == nil, let wall = walk.next() {
      let (seconds, isInGap) = resolver.resolve(wall)
      let element = Element(seconds: seconds, wall: wall)
      if isInGap { skipped.append(element) } else { shown = element }
    }
    let nextShown = shown?.seconds ?? .max
    guard skippedIndex < skipped.count, skipped[skippedIndex].seconds <= nextShown else {
      defer { shown = nil }
      return shown
    }
    let element = skipped[skippedIndex]
    skippedIndex += 1
    if skippedIndex == skipped.count {
      skipped.removeAll()
      skippedIndex = 0
    }
    guard element.seconds == nextShown else { return element }
    // Of two that fall on one instant the one that the clock shows stands.
    defer { shown = nil }
    return shown
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
