/// Turns wall times of one zone into instants, fast for times that follow each other closely.
struct WallTimeResolver {
  private let zone: TimeZoneRules
  private var span: OffsetSpan

  init(zone: TimeZoneRules) {
    self.zone = zone
    span = zone.span(at: 0)
  }

  /// - Parameter wall: seconds of wall time from the epoch.
  /// - Returns: seconds from the epoch, and whether the clock skips the wall time.
  mutating func resolve(_ wall: Int) -> (seconds: Int, isInGap: Bool) {
    // An offset lies within 26 hours, so what began that much earlier shows this wall time or is over.
    let earliest = wall - (TZifFile.offsetRange.upperBound + 1)
    if span.start > earliest || span.end <= earliest { span = zone.span(at: earliest) }
    var offsetBefore = span.offset
    while span.end != .max, wall >= span.end + span.offset {
      offsetBefore = span.offset
      span = zone.span(at: span.end)
    }
    let isInGap = span.start != .min && wall < span.start + span.offset
    return (wall - (isInGap ? offsetBefore : span.offset), isInGap)
  }
}
