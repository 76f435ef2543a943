import Recurrence
import SeededRandom
import TaskQuery
import Testing

@testable import SearchIndexer

@Suite struct ListTests {
  @Test func anOwnerNobodyKnowsHasAnEmptyList() throws {
    let index = try TemporaryIndex()
    let page = try index.list("nobody", q: "milk", filter: "deleted")
    #expect(page.items == [] && page.total == 0 && page.next == nil)
    #expect(try index.reader.tags(owner: "nobody") == [])
  }

  @Test func nobodyFindsAnothersTasks() throws {
    let index = try TemporaryIndex()
    let owners = (0..<50).map { "owner-\($0)" }
    for (number, owner) in owners.enumerated() {
      try index.apply(IndexedTask(UInt64(number), "milk \(owner)", owner: owner))
    }
    for owner in owners {
      for q in [nil, "milk", "m*", "owner", "-bread", "title:milk"] {
        #expect(try index.list(owner, q: q).items == ["milk \(owner)"])
      }
    }
  }

  @Test func titlesComeBeforeNotesAndTheNewestFirst() throws {
    let index = try TemporaryIndex()
    try index.apply(
      IndexedTask(1, "milk"), IndexedTask(2, "shop").with { $0.notes = "milk" }, IndexedTask(3, "milk again"),
      IndexedTask(4, "cow").with { $0.tags = ["Milk"] })
    #expect(try index.list(q: "milk").items == ["milk again", "milk", "cow", "shop"])
    #expect(try index.list(q: "MILK", sort: "-relevance").items == ["shop", "cow", "milk", "milk again"])
  }

  @Test func aPhraseDoesNotRunFromOneTagIntoTheNext() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one").with { $0.tags = ["red wine", "glass"] })
    #expect(try index.list(q: "\"red wine\"").total == 1)
    #expect(try index.list(q: "\"wine glass\"").total == 0)
  }

  @Test func wordsThatLookLikeSyntaxAreWords() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "NEAR (a OR b) AND NOT ^c \"d"))
    for q in ["NEAR", "or", "AND", "not", "a OR b", "^c", "\"d", "NEAR(a", "title:near", "a\" OR \"", "NOT"] {
      #expect(try index.list(q: q).total == 1, "\(q)")
    }
    for q in ["{title}:a", "a+b", "NOT NEAR milk"] { #expect(try index.list(q: q).total == 0, "\(q)") }
    #expect(try index.list(q: Array(repeating: "a", count: 900).joined(separator: " ")).total == 1)
    #expect(try index.list(q: (0..<400).map { "w\($0)" }.joined(separator: " ")).total == 0)
    #expect(try index.list(q: (0..<300).map { "-w\($0)" }.joined(separator: " ")).total == 1)
  }

  @Test func aCursorOfAnotherQueryOrOwnerIsRefused() throws {
    let index = try TemporaryIndex()
    for number in 0..<5 {
      try index.apply(IndexedTask(UInt64(number), "milk"), IndexedTask(UInt64(number) + 100, "milk", owner: "bob"))
    }
    let cursor = try #require(try index.list(q: "milk", limit: 2).next)
    #expect(try index.list(q: "milk", limit: 3, cursor: cursor).items.count == 3)
    func refused(_ body: () throws -> Void) -> Bool {
      do {
        try body()
        return false
      } catch { return (error as? QueryError)?.parameter == "cursor" }
    }
    #expect(refused { _ = try index.list(q: "milks", cursor: cursor) })
    #expect(refused { _ = try index.list(q: "milk", filter: "status = open", cursor: cursor) })
    #expect(refused { _ = try index.list(q: "milk", sort: "due", cursor: cursor) })
    #expect(refused { _ = try index.list("bob", q: "milk", cursor: cursor) })
    #expect(refused { _ = try index.list(q: "milk", cursor: "nonsense!") })
    #expect(refused { _ = try index.list(q: "milk", cursor: "") })
    #expect(refused { _ = try index.list(q: "milk", cursor: String(cursor.dropLast(4))) })
  }

  @Test func relativeDatesStandStillOverAWalk() throws {
    let index = try TemporaryIndex()
    let now = TemporaryIndex.now
    for number in 0..<4 {
      try index.apply(IndexedTask(UInt64(number), "\(number)").with { $0.dueAt = now.adding(seconds: number - 2) })
    }
    let query = try ListQuery(filter: "dueAt < now", sort: "dueAt")
    let first = try index.reader.list(owner: "ada", query, limit: 1, clock: QueryClock(now: now, zone: .utc))
    #expect(first.total == 2)
    let later = QueryClock(now: now.adding(seconds: 3_600), zone: .utc)
    let second = try index.reader.list(owner: "ada", query, limit: 5, cursor: first.nextCursor, clock: later)
    #expect(second.items == [Array("1".utf8)] && second.total == 2)
  }

  @Test func aTotalThatWasCountedBeforeIsCountedAgainAfterAnyChange() throws {
    let index = try TemporaryIndex()
    func totals() throws -> [Int64] {
      try [(nil, "priority = high"), ("milk", nil), ("-bread", nil)].map { try index.list(q: $0, filter: $1).total }
    }
    let task = IndexedTask(1, "milk").with { $0.priority = .high }
    try index.apply(task, IndexedTask(2, "milk"), IndexedTask(3, "bread"))
    for _ in 0..<2 { #expect(try totals() == [1, 2, 2]) }
    let low = task.then { $0.priority = .low }
    try index.apply(low)
    for _ in 0..<2 { #expect(try totals() == [0, 2, 2]) }
    try index.apply(low.then { $0.title = "bread" }, IndexedTask(9, "milk", owner: "bob"))
    for _ in 0..<2 { #expect(try totals() == [0, 1, 1]) }
    try index.apply([.purged(IndexedTask(2, "").id)])
    for _ in 0..<2 { #expect(try totals() == [0, 0, 0]) }
  }

  @Test func cursorsComeBackAsTheyWent() throws {
    let cursor = ListCursor(
      fingerprint: .max, now: Instant(secondsSinceEpoch: -5, nanoseconds: 7),
      values: [.null, .int(Int64.min), .utf8(Array("é".utf8)), .utf8([]), .blob([0, 255])])
    #expect(ListCursor(cursor.text) == cursor)
    var random = SplitMix(seed: 3)
    var bytes = Array(cursor.text.utf8)
    for _ in 0..<10_000 {
      bytes[random.below(bytes.count)] = UInt8(random.below(128))
      _ = ListCursor(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func idsAreReadAndWritten() {
    let text = "0190b5f0-9d3a-7c4e-8a51-2f6d3c1b4e5a"
    #expect(IndexedID(text)?.description == text)
    #expect(IndexedID(text.uppercased())?.description == text)
    #expect(IndexedID(text).map { IndexedID($0.bytes) } == IndexedID(text))
    for bad in [
      "", "0190b5f0", text + "0", text.replacing("-", with: "0"), "g" + text.dropFirst(), "é" + text.dropFirst(2),
    ] {
      #expect(IndexedID(bad) == nil)
    }
  }
}
