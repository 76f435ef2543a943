import Recurrence
import SQLite
import TaskModel
import Testing

@testable import SearchIndexer

@Suite struct DoubtTests {
  private static let later = TemporaryIndex.now.adding(seconds: 60)

  private func doubted(
    _ index: TemporaryIndex, _ reason: Doubts.Reason = .inverted, at time: Instant = later
  ) throws -> Set<IndexedID> {
    Set(try Doubts.questions(reason, now: time, limit: 1_000, in: index.writer.connection).map(\.id))
  }

  @Test func anInversionIsDueBetweenFiveAndTenSecondsLater() throws {
    let index = try TemporaryIndex()
    let low = (0..<500).map { IndexedTask($0, "one") }
    try index.apply(low.map { .task($0.then { _ in }) })
    try index.apply(low.map { .task($0) })
    func count(after seconds: Int) throws -> Int {
      try doubted(index, at: TemporaryIndex.now.adding(seconds: seconds)).count
    }
    #expect(try count(after: 4) == 0 && count(after: 10) == 500)
    #expect(try (100...400).contains(count(after: 7)), "spread by chance")
  }

  @Test func aLowerVersionOfWhatIsGoneIsNoInversion() throws {
    let index = try TemporaryIndex()
    let task = IndexedTask(1, "one").then { _ in }
    try index.apply([.task(task), .purged(task.id)])
    try index.apply(task, IndexedTask(1, "one"))
    #expect(try index.writer.connection.first("SELECT count(*) FROM doubt") { $0.int(0) } == 0)
  }

  private static let created = IndexedTask(1, "").createdAt
  private static let parent = IndexedTask(1, "Move house")
  private static let child = IndexedTask(2, "Pack").with { $0.parent = parent.id }
  private static let deletedParent = parent.then { $0.deletedAt = created.adding(seconds: 100) }
  private static let deletedChild = child.then { $0.deletedAt = created.adding(seconds: 100) }

  @Test(arguments: [[parent, child, deletedParent], [child, deletedParent], [deletedParent, child]])
  func anOpenChildOfADeletedParentIsInDoubt(_ records: [IndexedTask]) throws {
    for isOneBatch in [true, false] {
      let index = try TemporaryIndex()
      if isOneBatch {
        try index.apply(records.map { .task($0) })
      } else {
        for record in records { try index.apply(record) }
      }
      #expect(try doubted(index) == [Self.child.id])
      try index.apply(Self.deletedChild)
      #expect(try doubted(index).isEmpty)
    }
  }

  @Test func aChildThatFollowedOrWasChangedSinceIsNot() throws {
    let index = try TemporaryIndex()
    try index.apply(Self.parent, Self.child)
    try index.apply(Self.deletedParent, Self.deletedChild)
    #expect(try doubted(index).isEmpty)
    // It is taken out of the trash by itself, and stays out.
    try index.apply(
      Self.deletedChild.then {
        $0.deletedAt = nil; $0.updatedAt = Self.created.adding(seconds: 200)
      })
    try index.apply(Self.deletedParent.then { $0.updatedAt = Self.created.adding(seconds: 300) })
    #expect(try doubted(index).isEmpty)
  }

  @Test func anotherOwnersDeletedTaskLeavesNobodyBehind() throws {
    let index = try TemporaryIndex()
    try index.apply(Self.deletedParent.with { $0.owner = "eve" }, Self.child)
    #expect(try doubted(index).isEmpty)
  }

  @Test func aNewTopicPutsTheRowsOfItsPartitionsInDoubtUntilItShowsThem() throws {
    let index = try TemporaryIndex()
    let hers = (0..<4).map { IndexedTask($0, "hers", version: 2) }
    let his = IndexedTask(9, "his", owner: "bob")
    try index.apply(hers.map { .task($0) } + [.task(his)])
    let partition = Int32(OwnerPartition.of("ada"))
    try index.writer.renew([.beginning(partition, at: 7, clusterID: "new")], now: TemporaryIndex.now)
    #expect(try doubted(index, .unmet) == Set(hers.map(\.id)))
    #expect(try index.list().total == 4, "it goes on answering")
    let position = try #require(try Positions.all(in: index.reader.connection).first { $0.partition == partition })
    #expect(position == .beginning(partition, at: 7, clusterID: "new"))
    // The same version, a higher one, a lower one, none.
    try index.apply(hers[0], hers[1].then { _ in }, hers[2].with { $0.version = 1 })
    #expect(try doubted(index, .unmet) == [hers[2].id, hers[3].id])
    try index.apply([.purged(hers[3].id)])
    #expect(try doubted(index, .unmet) == [hers[2].id])
  }

  /// The process ends between the position in the new topic and the questions.
  @Test func whatIsInDoubtSurvivesTheProcess() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one"))
    let partition = Int32(OwnerPartition.of("ada"))
    try index.writer.renew([.beginning(partition, at: 0, clusterID: "new")], now: TemporaryIndex.now)
    let again = try IndexWriter(path: index.path)
    let questions = try again.questions(now: Self.later, inverted: 50, limit: 200)
    #expect(questions == [.init(id: IndexedTask(1, "").id, owner: "ada", version: 1, reason: .unmet)])
  }

  @Test func aRenewalThatFailsChangesNothing() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one"))
    let before = try Positions.all(in: index.reader.connection)
    try index.writer.connection.execute(
      "CREATE TEMP TRIGGER full BEFORE INSERT ON doubt BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    let partition = Int32(OwnerPartition.of("ada"))
    #expect(throws: SQLiteError.self) {
      try index.writer.renew([.beginning(partition, at: 0, clusterID: "new")], now: TemporaryIndex.now)
    }
    #expect(try Positions.all(in: index.reader.connection) == before)
  }

  @Test func oneRoundAsksTwoHundredAndFiftyOfThemAboutTheOrder() throws {
    let index = try TemporaryIndex()
    let deleted = TemporaryIndex.now.adding(seconds: -40 * 86_400)
    let low = (0..<500).map { IndexedTask($0, "one") }
    try index.apply(low.map { .task($0.then { _ in }) })
    try index.apply(low.map { .task($0) })
    try index.apply((1_000..<1_300).map { .task(IndexedTask($0, "trashed").with { $0.deletedAt = deleted }) })
    _ = try index.writer.questions(now: TemporaryIndex.now, inverted: 50, limit: 200)
    let questions = try index.writer.questions(now: Self.later, inverted: 50, limit: 200)
    #expect(questions.count == 200)
    #expect(questions.count { $0.reason == .inverted } == 50)
    #expect(questions.allSatisfy { $0.reason != .unmet })
  }

  /// A file is imported, its task deleted and purged, and the file imported again: the id is the same.
  @Test func aTaskThatIsMadeAgainAfterItsPurgeIsTaken() throws {
    let index = try TemporaryIndex()
    let old = IndexedTask(1, "milk", version: 4)
    try index.apply([.task(old), .purged(old.id)])
    try index.apply(IndexedTask(1, "milk"))
    #expect(try index.list().total == 0, "a version of before")
    try index.apply(
      IndexedTask(1, "milk").with {
        $0.updatedAt = old.updatedAt.adding(seconds: 31 * 86_400)
        $0.createdAt = Self.created.adding(seconds: -1)
      })
    #expect(try index.list().total == 1)
  }
}
