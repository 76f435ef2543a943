/// BYSETPOS: which of a period's times are kept.
struct SetPositions: Sendable {
  private let positions: [Int]

  /// Nil when the rule keeps all.
  init?(_ rule: RecurrenceRule) {
    guard !rule.bySetPos.isEmpty else { return nil }
    positions = rule.bySetPos
  }

  /// The kept places among `count`, from 0, ascending.
  func places(among count: Int) -> [Int] {
    let places = positions.map { $0 > 0 ? $0 - 1 : count + $0 }.filter { 0..<count ~= $0 }
    return Set(places).sorted()
  }

  func kept(of times: [Int]) -> [Int] { places(among: times.count).map { times[$0] } }
}
