/// The times of a lease (protocols.md §1): all follow from one, so that no two contradict each other. Every replica needs the
/// same: one with less takes what others still hold.
public struct LeaseTimes: Sendable, Equatable {
  /// Who has seen another's lease unchanged for this long may take it.
  public let takeover: Duration

  public init(takeover: Duration = .seconds(10)) { self.takeover = takeover }

  /// An owner renews its lease this often.
  public var renewal: Duration { takeover * 3 / 10 }
  /// An owner counts as one no longer when its last renewal left longer ago than this.
  public var lapse: Duration { takeover * 7 / 10 }
  /// What a lease must still have to run for something that only its owner may do.
  public var margin: Duration { takeover * 2 / 10 }
}

extension LeaseTimes {
  /// The least that leaves a renewal the time to reach the store and come back.
  private static let shortest: Duration = .milliseconds(500)

  public init(from reader: inout SettingsReader) {
    let key = "TASKMESH_LEASE"
    self.init(
      takeover: reader.duration(
        key, default: LeaseTimes().takeover,
        "how long another replica's lease must stand still to be taken; the same for every replica"))
    if takeover < Self.shortest { reader.fault(key, "must be 500ms or more") }
  }
}
