/// The occurrences of a ``RecurrenceSet``, strictly ascending.
public struct Occurrences: Sequence, IteratorProtocol {
  private var sources: [Source]
  private let exclusions: Exclusions
  private let zone: TimeZoneRules
  private let lowerBound: Int
  private var span: OffsetSpan

  init(_ set: RecurrenceSet, after instant: Instant?) {
    zone = set.zone
    lowerBound = instant?.secondsSinceEpoch ?? .min
    let wall = instant.map { Self.earliestWallTime(after: $0.secondsSinceEpoch, set.zone) } ?? .min
    sources = set.rules.map { rule in
      Source(
        RuleInstants(rule, start: set.start, zone: set.zone, from: wall),
        isDateOnly: set.start.isDateOnly && !rule.frequency.isWithinDay)
    }
    for isDateOnly in [false, true] {
      let instants = set.rdates.map { $0.isDateOnly ? set.start.onDate($0.date) : $0 }
        .filter { $0.isDateOnly == isDateOnly }
        .map { RuleInstants.Element(seconds: set.zone.instant(of: $0).secondsSinceEpoch, wall: $0.secondsSinceEpoch) }
      if !instants.isEmpty { sources.append(Source(dates: instants, isDateOnly: isDateOnly)) }
    }
    exclusions = Exclusions(set)
    span = set.zone.span(at: 0)
  }

  public mutating func next() -> Occurrence? {
    while let (element, isDateOnly) = earliest() {
      let seconds = element.seconds
      guard seconds > lowerBound else { continue }
      if seconds < span.start || seconds >= span.end { span = zone.span(at: seconds) }
      let wall = WallTime(secondsSinceEpoch: seconds + span.offset)
      if exclusions.contain(seconds, wall) { continue }
      let named = WallTime(secondsSinceEpoch: element.wall)
      return Occurrence(
        at: Instant(secondsSinceEpoch: seconds), local: isDateOnly ? wall.dateOnly : wall,
        recurrenceDate: isDateOnly ? named.dateOnly : named, offset: span.offset)
    }
    return nil
  }

  /// Takes the earliest instant of all sources, from each that has it.
  private mutating func earliest() -> (element: RuleInstants.Element, isDateOnly: Bool)? {
    var first: (element: RuleInstants.Element, isDateOnly: Bool)?
    for source in sources {
      guard let head = source.head else { continue }
      if head.seconds < first?.element.seconds ?? .max { first = (head, source.isDateOnly) }
    }
    guard let first else { return nil }
    for index in sources.indices where sources[index].head?.seconds == first.element.seconds {
      sources[index].advance()
    }
    return first
  }

  /// Wall time that nothing later than `seconds` can come before, in seconds from the epoch. It is what the clock shows then,
  /// unless a gap of the last hours still moves skipped times to after it.
  private static func earliestWallTime(after seconds: Int, _ zone: TimeZoneRules) -> Int {
    let earlier = zone.span(at: seconds - (TZifFile.offsetRange.upperBound + 1)).offset
    return seconds + Swift.min(zone.span(at: seconds).offset, earlier)
  }
}

/// Instants in ascending order from one rule or from dates.
private struct Source {
  private var rule: RuleInstants?
  private var dates: ArraySlice<RuleInstants.Element> = []
  let isDateOnly: Bool
  private(set) var head: RuleInstants.Element?

  init(_ rule: RuleInstants, isDateOnly: Bool) {
    self.rule = rule
    self.isDateOnly = isDateOnly
    advance()
  }

  init(dates: [RuleInstants.Element], isDateOnly: Bool) {
    self.dates = dates.sorted { $0.seconds < $1.seconds }[...]
    self.isDateOnly = isDateOnly
    advance()
  }

  mutating func advance() { head = rule != nil ? rule?.next() : dates.popFirst() }
}

/// EXDATE: instants, and days of the zone.
private struct Exclusions {
  private let instants: Set<Int>
  private let dates: Set<CivilDate>

  init(_ set: RecurrenceSet) {
    instants = Set(set.exdates.filter { !$0.isDateOnly }.map { set.zone.instant(of: $0).secondsSinceEpoch })
    dates = Set(set.exdates.filter(\.isDateOnly).map(\.date))
  }

  func contain(_ seconds: Int, _ wall: WallTime) -> Bool {
    if !instants.isEmpty, instants.contains(seconds) { return true }
    return !dates.isEmpty && dates.contains(wall.date)
  }
}

extension WallTime {
  /// This time of day on another date; a date alone stays one.
  func onDate(_ date: CivilDate) -> WallTime {
    isDateOnly ? WallTime(date: date) : WallTime(date: date, secondOfDay: secondOfDay)
  }
}
