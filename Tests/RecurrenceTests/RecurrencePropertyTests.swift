import Recurrence
import SeededRandom
import Testing

@Suite("What holds for every rule")
struct RecurrencePropertyTests {
  @Test("Occurrences ascend, next gives each from the one before, COUNT is exact, UNTIL is inclusive")
  func properties() throws {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    var generator = SplitMix(seed: seed)
    for _ in 0..<1500 {
      let rule = RandomRule(using: &generator)
      let text = rule.parts.joined(separator: ";")
      let name = Comment(rawValue: "seed \(seed): \(text) from \(rule.start) \(rule.zone)")
      let set = try recurrence(text, rule.start.description, rule.zone)
      let all = Array(set.occurrences().prefix(30))
      #expect(zip(all, all.dropFirst()).allSatisfy { $0.at < $1.at }, name)
      #expect(
        all.allSatisfy { set.zone.wallTime(at: $0.at) == $0.local && set.zone.offset(at: $0.at) == $0.offset }, name)
      #expect(all.allSatisfy { set.zone.instant(of: $0.recurrenceDate) == $0.at }, name)
      #expect(try RecurrenceRule(try RecurrenceRule(text).description) == RecurrenceRule(text), name)
      guard let last = all.last else { continue }

      // From anywhere, next is the first of them that is later, and later for certain.
      for _ in 0..<5 {
        let from = set.zone.instant(of: rule.start).adding(seconds: -1).secondsSinceEpoch
        let after = Instant(
          secondsSinceEpoch: Int.random(in: from...max(from, last.at.secondsSinceEpoch - 1), using: &generator))
        #expect(set.next(after: after) == all.first { $0.at > after }, name)
      }
      let count = Int.random(in: 1...all.count, using: &generator)
      #expect(
        Array(try recurrence("\(text);COUNT=\(count)", rule.start.description, rule.zone).occurrences())
          == Array(all.prefix(count)), name)
      let end = all[count - 1].at
      let until = RecurrenceRule.End.instant(end)
      #expect(
        Array(try recurrence("\(text);UNTIL=\(until)", rule.start.description, rule.zone).occurrences())
          == Array(all.prefix(count)), name)
    }
  }

  @Test("What lies between two instants is what all of them have between")
  func between() throws {
    var generator = SplitMix(seed: UInt64.random(in: 0 ... .max))
    let set = try recurrence(
      "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30\nFREQ=WEEKLY;BYDAY=SU;COUNT=300", "2024-01-01T02:30:00",
      exdates: ["2026-03-08T03:30:00"])
    let all = set.occurrences().prefix(9000).map(\.at)
    for _ in 0..<300 {
      let index = Int.random(in: 0..<8900, using: &generator)
      let after = all[index].adding(seconds: Int.random(in: -1...1, using: &generator))
      #expect(Array(set.occurrences(after: after).prefix(50).map(\.at)) == Array(all.filter { $0 > after }.prefix(50)))
    }
  }

  @Test("Next does not depend on how long ago a rule began")
  func farAway() throws {
    let after = try Instant("9990-05-01T00:00:00Z")
    for rule in [
      "FREQ=DAILY;INTERVAL=3", "FREQ=SECONDLY;INTERVAL=7", "FREQ=MONTHLY;BYDAY=-1FR",
      "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,SU;WKST=SU",
    ] {
      // A walk of the whole way would take minutes at one a second.
      let next = try #require(try recurrence(rule, "0001-01-01T09:00:00").next(after: after))
      #expect(next.at > after)
      #expect(next.at.secondsSinceEpoch - after.secondsSinceEpoch < 40 * 86_400)
    }
  }
}
