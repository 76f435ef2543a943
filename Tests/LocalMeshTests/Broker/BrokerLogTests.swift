import Testing

@testable import LocalMesh

@Suite(.timeLimit(.minutes(1))) struct BrokerLogTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/broker.sqlite" }
  private let first = TopicPartition("t", 0)

  init() throws { folder = try TemporaryFolder() }

  private func record(_ key: String?, _ value: String?, at time: Int64 = 1_000) -> BrokerRecord {
    BrokerRecord(timestamp: time, key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) })
  }

  private func values(_ records: [StoredRecord]) -> [String?] {
    records.map { $0.record.value.map { String(decoding: $0, as: UTF8.self) } }
  }

  private func open(_ settings: TopicSettings = TopicSettings(), partitions: Int32 = 1) async throws -> BrokerLog {
    let log = try BrokerLog(path: path)
    try await log.createTopic("t", partitions: partitions, settings: settings)
    return log
  }

  @Test func recordsComeBackInOrderWithOffsets() async throws {
    let log = try await open(partitions: 2)
    let headers = [BrokerHeader("h", [0]), BrokerHeader("n", nil)]
    let whole = BrokerRecord(timestamp: 5, key: [1], value: [2], headers: headers)
    #expect(try await log.append([record("a", "1"), record("b", "2")], to: first) == 0)
    #expect(try await log.append([whole], to: first) == 2)
    #expect(try await log.append([record("c", "x")], to: TopicPartition("t", 1)) == 0)
    let read = try await log.read(first, from: 1, maxBytes: 1_000)
    #expect(read.map(\.offset) == [1, 2])
    #expect(read[1].record == whole)
    #expect(try await log.endOffset(first) == 3)
    #expect(try await log.read(first, from: 3, maxBytes: 1_000).isEmpty)
  }

  @Test func aReadIsBoundedButGivesOneRecord() async throws {
    let log = try await open()
    try await log.append((0..<10).map { _ in record("k", String(repeating: "x", count: 100)) }, to: first)
    #expect(try await log.read(first, from: 0, maxBytes: 350).count == 3)
    #expect(try await log.read(first, from: 0, maxBytes: 1).count == 1)
  }

  @Test func whatIsNotThereIsNamed() async throws {
    let log = try await open()
    await #expect(throws: BrokerError.unknownTopicOrPartition) {
      try await log.append([record("a", "1")], to: TopicPartition("t", 1))
    }
    await #expect(throws: BrokerError.unknownTopicOrPartition) {
      try await log.read(TopicPartition("u", 0), from: 0, maxBytes: 1)
    }
    await #expect(throws: BrokerError.offsetOutOfRange) { try await log.read(first, from: 1, maxBytes: 1) }
    await #expect(throws: BrokerError.offsetOutOfRange) { try await log.read(first, from: -1, maxBytes: 1) }
    await #expect(throws: BrokerError.topicExists) {
      try await log.createTopic("t", partitions: 1, settings: TopicSettings())
    }
    for name in ["", "a/b", "..", String(repeating: "x", count: 250)] {
      await #expect(throws: BrokerError.self) {
        try await log.createTopic(name, partitions: 1, settings: TopicSettings())
      }
    }
  }

  @Test func reopeningFindsEverything() async throws {
    let cluster: String
    do {
      let log = try await open(TopicSettings(isCompacted: true, retention: nil, tombstoneRetention: 5), partitions: 3)
      cluster = log.clusterID
      try await log.append([record("a", "1"), record("b", "2")], to: TopicPartition("t", 2))
      try await log.commit([TopicPartition("t", 2): 1], group: "g")
    }
    let log = try BrokerLog(path: path)
    #expect(log.clusterID == cluster)
    #expect(
      await log.topics() == [
        TopicDescription(
          name: "t", partitions: 3,
          settings: TopicSettings(isCompacted: true, retention: nil, tombstoneRetention: 5))
      ])
    #expect(values(try await log.read(TopicPartition("t", 2), from: 0, maxBytes: 1_000)) == ["1", "2"])
    #expect(try await log.append([record("c", "3")], to: TopicPartition("t", 2)) == 2)
    #expect(try await log.committedOffsets(group: "g") == [TopicPartition("t", 2): 1])
    #expect(try await log.committedOffsets(group: "other").isEmpty)
  }

  @Test func clusterIDsDiffer() throws {
    let other = try TemporaryFolder()
    #expect(try BrokerLog(path: path).clusterID != BrokerLog(path: other.path + "/broker.sqlite").clusterID)
  }

  @Test func compactionKeepsTheNewestOfEachKey() async throws {
    let log = try await open(TopicSettings(isCompacted: true))
    try await log.append([record("a", "1"), record("b", "1"), record("a", "2")], to: first)
    try await log.append([record("b", nil), record("c", "1")], to: first)
    let read = try await log.read(first, from: 0, maxBytes: 1_000)
    #expect(read.map(\.offset) == [2, 3, 4])
    #expect(values(read) == ["2", nil, "1"])
    #expect(try await log.earliestOffset(first) == 0)
    await #expect(throws: BrokerError.keyMissing) { try await log.append([record(nil, "1")], to: first) }
  }

  @Test func tombstonesGoAfterTheirTimeButTheEndStays() async throws {
    let log = try await open(TopicSettings(isCompacted: true, tombstoneRetention: 100))
    try await log.append(
      [record("a", nil, at: 1_000), record("b", "1", at: 1_000), record("c", nil, at: 1_000)], to: first)
    try await log.expire(now: 1_099)
    #expect(try await log.read(first, from: 0, maxBytes: 1_000).count == 3)
    try await log.expire(now: 1_100)
    #expect(try await log.read(first, from: 0, maxBytes: 1_000).map(\.offset) == [1, 2])
    try await log.append([record("a", "back")], to: first)
    try await log.expire(now: 1_100)
    #expect(try await log.read(first, from: 0, maxBytes: 1_000).map(\.offset) == [1, 3])
  }

  @Test func oldRecordsExpireAndTheirOffsetsAreNotUsedAgain() async throws {
    let log = try await open(TopicSettings(retention: 100))
    try await log.append((0..<12_000).map { record("k", "\($0)", at: $0 < 11_000 ? 1_000 : 2_000) }, to: first)
    try await log.expire(now: 1_101)
    #expect(try await log.earliestOffset(first) == 11_000)
    await #expect(throws: BrokerError.offsetOutOfRange) { try await log.read(first, from: 10_999, maxBytes: 1) }
    try await log.expire(now: 1_000_000)
    #expect(try await log.earliestOffset(first) == 12_000)
    #expect(try await log.append([record("k", "new")], to: first) == 12_000)
  }

  @Test func withoutRetentionNothingExpires() async throws {
    let log = try await open(TopicSettings(retention: nil))
    try await log.append([record("k", "1", at: 0)], to: first)
    try await log.expire(now: .max / 2)
    #expect(try await log.earliestOffset(first) == 0)
  }

  @Test func manyWritersGetOffsetsOfTheirOwn() async throws {
    let log = try await open()
    let offsets = try await withThrowingTaskGroup(of: Int64.self) { group in
      for number in 0..<500 { group.addTask { try await log.append([record("k", "\(number)")], to: first) } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(offsets == Set(0..<500))
    #expect(Set(values(try await log.read(first, from: 0, maxBytes: 1 << 20))) == Set((0..<500).map { "\($0)" }))
  }

  @Test func oneBadWriterDoesNotSpoilTheSharedTransaction() async throws {
    let log = try await open(TopicSettings(isCompacted: true))
    async let good = log.append([record("a", "1")], to: first)
    let bad = Task { try await log.append([record("b", "1"), record(nil, "1")], to: first) }
    async let also = log.append([record("c", "1")], to: first)
    #expect(try await Set([good, also]) == [0, 1])
    await #expect(throws: BrokerError.keyMissing) { try await bad.value }
    #expect(try await log.endOffset(first) == 2)
  }

  @Test func aFullDiskIsToldAndNothingOfTheWriteIsKept() async throws {
    let log = try await open(partitions: 2)
    try await log.append([record("k", "before")], to: first)
    try await log.limitPages(true)
    let large = BrokerRecord(timestamp: 0, key: nil, value: [UInt8](repeating: 1, count: 900_000))
    let error = try await #require(throws: BrokerError.self) { try await log.append([large], to: first) }
    guard case .storage(let words) = error else { throw error }
    #expect(words.contains("full"))
    #expect(try await log.endOffset(first) == 1)
    try await log.limitPages(false)
    #expect(try await log.append([large], to: first) == 1)
  }

  @Test func waitingEndsWithAnAppendToOneOfThePartitions() async throws {
    let log = try await open(partitions: 3)
    let second = TopicPartition("t", 1)
    try await log.append([record("k", "1")], to: first)
    try await log.waitForAppend(beyond: [first: 0, second: 0])  // there already
    let waiting = Task.immediate { try await log.waitForAppend(beyond: [first: 1, second: 0]) }
    try await log.append([record("k", "1")], to: TopicPartition("t", 2))
    try await log.append([record("k", "1")], to: second)
    try await waiting.value
    let cancelled = Task { try await log.waitForAppend(beyond: [second: 1]) }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
  }
}

extension BrokerLog {
  /// Lets SQLite take no further page, as on a full disk.
  fileprivate func limitPages(_ isFull: Bool) throws {
    let count = try store.connection.first("PRAGMA page_count") { $0.int(0) } ?? 0
    try store.connection.execute("PRAGMA max_page_count = \(isFull ? count : 1 << 30)")
  }
}
