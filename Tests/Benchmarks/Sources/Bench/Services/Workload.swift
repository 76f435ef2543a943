import Glibc
import JSON

/// Made-up tasks and questions, the same in every run: words as frequent as their rank lets them be (Zipf's law), five in a title
/// and twenty in the notes.
struct Workload: Sendable {
  struct Task: Sendable {
    let json: JSONValue
  }

  private let words: [String]
  private let bodies: [[UInt8]]
  private let queries: [String]

  init() {
    var random = SplitMix64(seed: 4)
    let words = Self.words(&random)
    self.words = words
    bodies = (0..<2000).map { _ in Self.task(words, &random, isDone: false).json.bytes }
    // Words that some 1 to 10 % of the tasks hold, alone and in pairs.
    queries = (0..<1000).map { number in
      let first = Self.word(words, &random, ranks: 30...400)
      return number % 2 == 0 ? first : first + "%20" + Self.word(words, &random, ranks: 30...400)
    }
  }

  /// The tasks that are there before anything is measured: three in ten are done.
  func tasks(_ count: Int) -> [Task] {
    var random = SplitMix64(seed: 5)
    return (0..<count).map { Self.task(words, &random, isDone: $0 % 10 < 3) }
  }

  func body(_ number: Int) -> [UInt8] { bodies[number % bodies.count] }
  func query(_ number: Int) -> String { queries[number % queries.count] }
  func priority(_ number: Int) -> String { Self.priorities[number % Self.priorities.count] }

  /// One of them in no order that a cache could like.
  func pick(_ number: Int, of ids: [String]) -> String {
    ids.isEmpty ? "none" : ids[Int(truncatingIfNeeded: SplitMix64.mix(UInt64(number)) % UInt64(ids.count))]
  }

  private static let priorities = ["low", "medium", "high"]
  private static let tags = ["home", "work", "garden", "bills", "travel", "family", "errand", "health", "read", "call"]

  private static func task(_ words: [String], _ random: inout SplitMix64, isDone: Bool) -> Task {
    func text(_ count: Int, _ random: inout SplitMix64) -> String {
      (0..<count).map { _ in word(words, &random, ranks: 1...words.count) }.joined(separator: " ")
    }
    func twoDigits(_ range: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
      let text = String(Int.random(in: range, using: &random))
      return text.utf8.count == 1 ? "0" + text : text
    }
    let tag = Int.random(in: 0..<tags.count, using: &random)
    let day = "2027-\(twoDigits(1...12, &random))-\(twoDigits(1...28, &random))"
    return Task(
      json: [
        "title": .string(text(5, &random)), "notes": .string(text(20, &random)),
        "tags": [.string(tags[tag]), .string(tags[(tag + 1) % tags.count])],
        "priority": .string(priorities[Int.random(in: 0..<3, using: &random)]),
        "due": .string("\(day)T\(twoDigits(7...20, &random)):00:00"), "status": isDone ? "done" : "open",
      ])
  }

  /// A word whose rank is drawn with a chance of one over the rank.
  private static func word(_ words: [String], _ random: inout SplitMix64, ranks: ClosedRange<Int>) -> String {
    let spread = Double(ranks.upperBound + 1) / Double(ranks.lowerBound)
    let rank = Double(ranks.lowerBound) * pow(spread, Double.random(in: 0..<1, using: &random))
    return words[min(Int(rank), ranks.upperBound) - 1]
  }

  /// 2,000 words that can be spoken, three or four syllables each.
  private static func words(_ random: inout SplitMix64) -> [String] {
    let consonants = Array("bcdfghjklmnpqrstvwxz")
    let vowels = Array("aeiou")
    var words: Set<String> = []
    var ordered: [String] = []
    while ordered.count < 2000 {
      let syllables = Int.random(in: 3...4, using: &random)
      let word = String(
        (0..<syllables).flatMap { _ in
          [
            consonants[Int.random(in: 0..<consonants.count, using: &random)],
            vowels[Int.random(in: 0..<vowels.count, using: &random)],
          ]
        })
      if words.insert(word).inserted { ordered.append(word) }
    }
    return ordered
  }
}

/// A small generator that gives the same numbers everywhere (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
