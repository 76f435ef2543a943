import Testing

@testable import LocalMesh

/// An idempotent producer sends a batch again when its answer was lost.
@Suite(.timeLimit(.minutes(1))) struct IdempotenceTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/broker.sqlite" }
  private let partition = TopicPartition("t", 0)

  init() throws { folder = try TemporaryFolder() }

  private func batch(_ first: Int32, count: Int32 = 2, epoch: Int16 = 0, producer: Int64 = 7) -> ProducedBatch {
    let entries = (0..<count).map { _ in LogEntry(BrokerRecord(timestamp: 0, key: nil, value: [1])) }
    return ProducedBatch(
      entries: entries, sequence: BatchSequence(producer: producer, epoch: epoch, first: first, count: count), size: 1)
  }

  private func append(_ batch: ProducedBatch, to log: BrokerLog) async throws -> Int64 {
    try await log.append([(partition, batch)], now: 0)[0].get()
  }

  private func open() async throws -> BrokerLog {
    let log = try BrokerLog(path: path)
    try await log.createTopic("t", partitions: 1, settings: TopicSettings())
    return log
  }

  @Test func aRepeatIsAnsweredWithItsFirstOffset() async throws {
    let log = try await open()
    #expect(try await append(batch(0), to: log) == 0)
    #expect(try await append(batch(2), to: log) == 2)
    #expect(try await append(batch(0), to: log) == 0)
    #expect(try await append(batch(2), to: log) == 2)
    #expect(try await append(batch(4), to: log) == 4)
    #expect(try await log.endOffset(partition) == 6)
  }

  @Test func aRepeatIsKnownAfterReopening() async throws {
    do {
      let log = try await open()
      for number in 0..<4 as Range<Int32> { _ = try await append(batch(number * 2), to: log) }
    }
    let log = try BrokerLog(path: path)
    for number in 0..<4 as Range<Int32> {
      #expect(try await append(batch(number * 2), to: log) == Int64(number) * 2)
    }
    #expect(try await log.endOffset(partition) == 8)
  }

  @Test func aGapAndAnOldRepeatAreRefused() async throws {
    let log = try await open()
    for number in 0..<8 as Range<Int32> { _ = try await append(batch(number * 2), to: log) }
    await #expect(throws: BrokerError.outOfOrderSequence) { try await append(batch(18), to: log) }
    await #expect(throws: BrokerError.duplicateSequence) { try await append(batch(0), to: log) }
    #expect(try await log.endOffset(partition) == 16)
  }

  @Test func numbersWrap() async throws {
    let log = try await open()
    #expect(try await append(batch(.max - 1, count: 2), to: log) == 0)
    #expect(try await append(batch(0), to: log) == 2)
    await #expect(throws: BrokerError.duplicateSequence) { try await append(batch(.max - 9), to: log) }
    await #expect(throws: BrokerError.outOfOrderSequence) { try await append(batch(10), to: log) }
  }

  @Test func aNewerEpochFencesTheOlder() async throws {
    let log = try await open()
    _ = try await append(batch(0), to: log)
    #expect(try await append(batch(0, epoch: 1), to: log) == 2)
    await #expect(throws: BrokerError.staleProducerEpoch) { try await append(batch(2), to: log) }
    await #expect(throws: BrokerError.outOfOrderSequence) { try await append(batch(2, epoch: 2), to: log) }
  }

  @Test func producerIDsAreNotGivenTwice() async throws {
    let first = try await open().newProducerID()
    #expect(try await BrokerLog(path: path).newProducerID() > first)
  }
}
