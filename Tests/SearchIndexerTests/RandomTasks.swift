import Recurrence
import SeededRandom

@testable import SearchIndexer

/// Tasks, filters, searches and orders with many ties, gaps and odd values, from a seed.
struct RandomTasks {
  var random: SplitMix

  static let words = [
    "milk", "Milk", "buy", "e-mail", "Straße", "café", "ÉCOLE", "pay", "rent", "pa", "日本", "x", "the", "3½",
  ]
  static let tags = ["home", "Home", "bills", "ÄRGER", "ärger", "a b", "zoo", "x"]
  static let lists = ["inbox", "Inbox", "work", "Été", "zoo"]

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  mutating func task(_ number: UInt64, owner: String, version: Int64 = 1) -> IndexedTask {
    let isDone = random.chance(40)
    let hasDue = random.chance(60)
    let parent = random.chance(20) ? IndexedID(high: 1, low: UInt64(random.below(5))) : nil
    var task = IndexedTask(number, text(1...4), owner: owner, version: version)
    task.notes = random.chance(40) ? text(1...6) : ""
    task.tags = Set((0..<random.below(4)).map { _ in random.pick(Self.tags) }).sorted()
    task.list = random.pick(Self.lists)
    task.status = isDone ? .done : .open
    task.priority = random.pick([nil, .low, .medium, .high])
    task.due = hasDue ? due() : nil
    task.dueAt = hasDue && random.chance(80) ? instant() : nil
    task.createdAt = instant()
    task.updatedAt = instant()
    task.completedAt = isDone && random.chance(90) ? instant() : nil
    task.deletedAt = random.chance(15) ? instant() : nil
    task.parent = parent
    task.series = random.chance(10) ? IndexedID(high: 2, low: 7) : nil
    task.hasRecurrence = random.chance(15)
    task.hasReminder = random.chance(25)
    task.json = Array("\(task.id) \(version)".utf8)
    return task
  }

  private mutating func text(_ count: ClosedRange<Int>) -> String {
    (0..<Int.random(in: count, using: &random)).map { _ in random.pick(Self.words) }.joined(separator: " ")
  }

  private mutating func due() -> WallTime {
    let date = CivilDate(daysSinceEpoch: 20_833 + random.below(9) - 4)  // 2027-01-15, the day of TemporaryIndex.now
    return random.chance(50)
      ? WallTime(date: date) : WallTime(date: date, secondOfDay: random.pick([0, 28_800, 86_399]))
  }

  private mutating func instant() -> Instant {
    let seconds =
      TemporaryIndex.now.secondsSinceEpoch + random.pick([-1, 0, 1]) * 86_400 * random.below(3) + random.below(3)
    return Instant(secondsSinceEpoch: seconds, nanoseconds: random.pick([0, 250_000_000]))
  }

  mutating func filter(depth: Int = 0) -> String {
    switch random.below(depth > 3 ? 4 : 8) {
    case 4: "(" + filter(depth: depth + 1) + " and " + filter(depth: depth + 1) + ")"
    case 5: filter(depth: depth + 1) + " or " + filter(depth: depth + 1)
    case 6: "not " + filter(depth: depth + 2)
    case 7: filter(depth: depth + 1) + " and " + filter(depth: depth + 1)
    default: condition()
    }
  }

  private mutating func condition() -> String {
    if random.chance(8) { return random.pick(["deleted", "not deleted"]) }
    if random.chance(12) {
      return "has(" + random.pick(["due", "reminder", "recurrence", "tag", "notes", "parent", "priority"]) + ")"
    }
    let column = random.pick([
      "status", "priority", "list", "tag", "tag", "title", "notes", "parent", "series", "due", "due", "dueAt",
      "createdAt",
      "updatedAt", "completedAt",
    ])
    if random.chance(15) {
      return column + " in (" + (0...random.below(3)).map { _ in value(column) }.joined(separator: ", ") + ")"
    }
    return column + random.pick([" = ", "!=", "<", " <= ", ">", ">="]) + value(column)
  }

  private mutating func value(_ column: String) -> String {
    switch column {
    case "status": random.pick(["open", "done"])
    case "priority": random.pick(["low", "medium", "high"])
    case "list": random.pick(Self.lists + ["none", "m"])
    case "tag": "\"" + random.pick(Self.tags + ["none", "m"]) + "\""
    case "title", "notes": "\"" + text(1...2) + "\""
    case "parent": IndexedID(high: 1, low: UInt64(random.below(6))).description
    case "series": IndexedID(high: 2, low: UInt64(random.below(9))).description
    default:
      random.pick([
        "today", "tomorrow", "yesterday", "now", "now-1d", "today+2d", "2027-01-15", "2027-01-14T08:00:00",
        "2027-01-15T08:00:00.25Z", "now+1h", "today+8h",
      ])
    }
  }

  mutating func search() -> String {
    (0...random.below(3)).map { _ in
      let word = random.pick(Self.words)
      let text = random.pick([word, word, "\"\(text(1...2))\"", "\(word.prefix(2))*", "\(word.prefix(1))*"])
      return (random.chance(25) ? "-" : "") + (random.chance(25) ? random.pick(["title:", "notes:", "tag:"]) : "")
        + text
    }.joined(separator: " ")
  }

  mutating func sort() -> String {
    let fields = [
      "due", "dueAt", "priority", "title", "list", "status", "createdAt", "updatedAt", "completedAt", "relevance",
    ]
    return fields.shuffled(using: &random).prefix(1 + random.below(3)).map { (random.chance(50) ? "-" : "") + $0 }
      .joined(separator: ",")
  }
}
