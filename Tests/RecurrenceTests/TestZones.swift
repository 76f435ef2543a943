import Recurrence

let zones = ZoneDatabase()

func recurrence(
  _ rule: String, _ start: String, _ zone: String = "America/New_York", rdates: [String] = [], exdates: [String] = []
) throws -> RecurrenceSet {
  RecurrenceSet(
    rules: try RecurrenceRule.rules(rule), rdates: try rdates.map { try WallTime($0) },
    exdates: try exdates.map { try WallTime($0) },
    start: try WallTime(start), zone: try zones.zone(named: zone))
}

extension RecurrenceSet {
  /// The local times of the first occurrences.
  func first(_ count: Int) -> [String] { occurrences().prefix(count).map(\.local.description) }
}
