import Recurrence
import SQLite
import Testing

@testable import SearchIndexer

@Suite struct IndexWriterTests {
  @Test func theHighestVersionStandsInWhateverOrderTheyCome() throws {
    let index = try TemporaryIndex()
    let first = IndexedTask(1, "one")
    let second = first.then {
      $0.title = "two"; $0.json = Array("two".utf8)
    }
    #expect(try index.apply(second) == IndexBatchOutcome(written: 1))
    #expect(try index.apply(first) == IndexBatchOutcome(ignored: 1))
    #expect(try index.apply(second) == IndexBatchOutcome(ignored: 1))
    #expect(try index.list().items == ["two"])
    #expect(try index.list(q: "one").total == 0)
    #expect(try index.list(q: "two").total == 1)

    let other = IndexedTask(2, "three")
    #expect(
      try index.apply(other, other.then { $0.title = "four" }, other) == IndexBatchOutcome(written: 1, ignored: 2))
    #expect(try index.list(q: "four").total == 1)
    #expect(try index.list(q: "three").total == 0)
  }

  @Test func aLowerVersionAfterAHigherIsNotedUntilTheHigherComesAgain() throws {
    let index = try TemporaryIndex()
    func noted() throws -> [IndexedID] {
      let later = TemporaryIndex.now.adding(seconds: 10)
      return try Doubts.questions(.inverted, now: later, limit: 10, in: index.writer.connection).map(\.id)
    }
    let low = IndexedTask(1, "one")
    let high = low.then { _ in }
    try index.apply(high)
    #expect(try noted() == [])
    try index.apply(low)
    #expect(try noted() == [low.id])
    try index.apply(high)
    #expect(try noted() == [])
    try index.apply(high, low)
    #expect(try noted() == [low.id])
    try index.apply(high.then { _ in })
    #expect(try noted() == [])
    try index.apply([.task(low), .purged(low.id)])
    #expect(try noted() == [])
  }

  @Test func whatIsPurgedIsGoneAndStaysGone() throws {
    let index = try TemporaryIndex()
    let task = IndexedTask(1, "milk").with { $0.tags = ["home"] }
    #expect(try index.apply([.task(task), .purged(task.id)]) == IndexBatchOutcome(written: 1, purged: 1))
    #expect(try index.list(q: "milk").total == 0)
    #expect(try index.list().total == 0)
    #expect(try index.reader.tags(owner: "ada") == [])
    #expect(try index.reader.lists(owner: "ada") == [])
    #expect(try index.apply(task) == IndexBatchOutcome(ignored: 1))
    #expect(try index.list().total == 0)
    #expect(try index.reader.includes(task.id, version: 1))
    #expect(try Purges.forget(before: TemporaryIndex.now, in: index.writer.connection) == 0)
    #expect(try Purges.forget(before: TemporaryIndex.now.adding(seconds: 1), in: index.writer.connection) == 1)
    #expect(try index.apply(task) == IndexBatchOutcome(written: 1))
    // A tombstone of a task that was never met is nothing.
    #expect(try index.apply([.purged(IndexedID(high: 9, low: 9))]) == IndexBatchOutcome())
  }

  @Test func anotherOwnersEventForATaskChangesNothing() throws {
    let index = try TemporaryIndex()
    let task = IndexedTask(1, "mine")
    try index.apply(task)
    let forged = task.then {
      $0.owner = "eve"; $0.title = "theirs"
    }
    #expect(try index.apply(forged) == IndexBatchOutcome(refused: [task.id]))
    #expect(try index.list().items == ["mine"])
    #expect(try index.list("eve").total == 0)
  }

  @Test func aFailedBatchLeavesNothingBehind() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one").with { $0.tags = ["a"] })
    let before = try Positions.all(in: index.reader.connection)
    try index.writer.connection.execute(
      "CREATE TEMP TRIGGER full BEFORE INSERT ON marker BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    let records: [IndexBatch.Record] = [
      .task(IndexedTask(2, "two", owner: "new").with { $0.tags = ["b"] }),
      .task(IndexedTask(3, "three").with { $0.tags = ["b"] }),
      .marker(IndexedID(high: 1, low: 1), offset: 5),
    ]
    #expect(throws: SQLiteError.self) {
      try index.apply([records[1]] + [.purged(IndexedID(high: 1, low: 1))] + [records[0], records[2]])
    }
    #expect(try Positions.all(in: index.reader.connection) == before)
    #expect(try index.list().total == 1)
    try index.writer.connection.execute("DROP TRIGGER full")
    #expect(try index.apply(records).written == 2)
    #expect(try index.list().items.sorted() == ["one", "three"])
    #expect(try index.list("new", q: "two").items == ["two"])
    #expect(
      try index.reader.tags(owner: "ada") == [.init(name: "a", open: 1, done: 0), .init(name: "b", open: 1, done: 0)])
  }

  @Test func offsetsAreThoseOfTheLastBatch() throws {
    let index = try TemporaryIndex()
    #expect(try Positions.all(in: index.reader.connection) == [])
    let positions = [(3, 17), (1, 4), (3, 18)].map { partition, offset in
      PartitionPosition(
        partition: Int32(partition), clusterID: "c", nextOffset: Int64(offset), lastKey: "k\(offset)", lastVersion: 7,
        lastTimestamp: 1_800_000_000_123)
    }
    for position in positions {
      _ = try index.writer.apply([IndexBatch(records: [], position: position)], now: TemporaryIndex.now)
    }
    #expect(try Positions.all(in: index.reader.connection) == [positions[1], positions[2]])
  }

  @Test func theLastTenThousandMarkersOfAPartitionAreKnown() throws {
    let index = try TemporaryIndex()
    func marker(_ number: Int) -> IndexedID { IndexedID(high: 5, low: UInt64(number)) }
    try index.apply([.marker(marker(1_000_000), offset: 1)], partition: 9)
    try index.apply((0..<10_500).map { .marker(marker($0), offset: Int64($0 * 2)) })
    #expect(try index.reader.includes(marker: marker(10_499)))
    #expect(try index.reader.includes(marker: marker(500)))
    #expect(try !index.reader.includes(marker: marker(499)))
    #expect(try index.reader.includes(marker: marker(1_000_000)))
    #expect(try !index.reader.includes(marker: marker(2_000_000)))
  }

  @Test func aTokenIsIncludedFromItsVersionOn() throws {
    let index = try TemporaryIndex()
    let task = IndexedTask(1, "one", version: 3)
    #expect(try !index.reader.includes(task.id, version: 1))
    try index.apply(task)
    #expect(try index.reader.includes(task.id, version: 2))
    #expect(try index.reader.includes(task.id, version: 3))
    #expect(try !index.reader.includes(task.id, version: 4))
  }

  @Test func countsFollowEveryChange() throws {
    let index = try TemporaryIndex()
    let one = IndexedTask(1, "one").with { $0.tags = ["Home", "HOME", "bills"] }
    let two = IndexedTask(2, "two").with {
      $0.tags = ["home"]; $0.list = "Inbox"
    }
    try index.apply(one, two)
    #expect(
      try index.reader.tags(owner: "ada") == [
        .init(name: "bills", open: 1, done: 0), .init(name: "Home", open: 2, done: 0),
      ])
    #expect(
      try index.reader.lists(owner: "ada") == [
        .init(name: "Inbox", open: 1, done: 0), .init(name: "inbox", open: 1, done: 0),
      ])
    try index.apply(
      one.then {
        $0.status = .done; $0.tags = ["home"]
      })
    #expect(try index.reader.tags(owner: "ada") == [.init(name: "Home", open: 1, done: 1)])
    try index.apply(two.then { $0.deletedAt = TemporaryIndex.now })
    #expect(try index.reader.tags(owner: "ada") == [.init(name: "Home", open: 0, done: 1)])
    #expect(try index.list(filter: "deleted").items == ["two"])
    #expect(try index.list(q: "two").total == 0)
    #expect(try index.list(q: "two", filter: "deleted").items == ["two"])
    #expect(try index.list(q: "two", filter: "deleted or has(tag)").items == ["two"])
    try index.apply(
      two.then {
        $0.version += 1; $0.deletedAt = nil
      })
    #expect(try index.list(q: "two").total == 1)
  }

  @Test func theIndexSurvivesBeingClosedAndRefusesAnotherLayout() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one"))
    let again = try IndexWriter(path: index.path)
    _ = try again.apply(
      [
        IndexBatch(
          records: [.task(IndexedTask(2, "two"))],
          position: PartitionPosition(
            partition: 0, clusterID: "c", nextOffset: 2, lastKey: "", lastVersion: 0, lastTimestamp: 0))
      ], now: TemporaryIndex.now)
    #expect(try index.list().total == 2)
    try again.connection.execute("PRAGMA user_version = 7")
    #expect(throws: IndexError.otherLayout(found: 7, expected: IndexSchema.layout)) {
      try IndexWriter(path: index.path)
    }
    #expect(throws: IndexError.otherLayout(found: 7, expected: IndexSchema.layout)) {
      try IndexReader(path: index.path)
    }
  }

  @Test func mergingChangesNoAnswer() throws {
    let index = try TemporaryIndex()
    for number in 0..<300 { try index.apply(IndexedTask(UInt64(number), "milk \(number)")) }
    var steps = 0
    while try index.writer.merge(), steps < 100 { steps += 1 }
    #expect(try index.list(q: "milk").total == 300)
    #expect(try index.list(q: "299").items == ["milk 299"])
    try index.writer.connection.execute("INSERT INTO word (word) VALUES ('integrity-check')")
  }
}
