import KafkaClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConsumerTests {
  private func produce(_ values: [String], to cluster: MockCluster, partition: Int32 = 0) async throws {
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: false, loop: loop)
    for value in values {
      try await producer.produce(topic: "t", partition: partition, key: nil, value: Array(value.utf8))
    }
  }

  private func values(_ records: [KafkaRecord]) -> [String] {
    records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
  }

  @Test func readsFromTheEarliestRecordToTheEnd() async throws {
    let cluster = try MockCluster(topics: ["t": 2])
    try await produce(["a", "b", "c"], to: cluster)
    try await produce(["x"], to: cluster, partition: 1)
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([
      KafkaPosition(topic: "t", partition: 0, offset: .earliest),
      KafkaPosition(topic: "t", partition: 1, offset: .earliest),
    ])
    let (records, ends) = try await consumer.readToEnd(partitions: 2)
    #expect(values(records.filter { $0.partition == 0 }) == ["a", "b", "c"])
    #expect(values(records.filter { $0.partition == 1 }) == ["x"])
    #expect(records.filter { $0.partition == 0 }.map(\.offset) == [0, 1, 2])
    #expect(
      Set(ends) == [KafkaEnd(topic: "t", partition: 0, offset: 3), KafkaEnd(topic: "t", partition: 1, offset: 1)])
  }

  @Test func readsFromAnOffsetAndSeeksBack() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    try await produce(["a", "b", "c"], to: cluster)
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .exact(2))])
    #expect(values(try await consumer.readToEnd().records) == ["c"])
    try await consumer.seek([KafkaPosition(topic: "t", partition: 0, offset: .exact(1))])
    #expect(values(try await consumer.readToEnd().records) == ["b", "c"])
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .earliest)])
    #expect(values(try await consumer.readToEnd().records) == ["a", "b", "c"])
  }

  @Test func readsOnlyWhatIsNewFromTheLatest() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    try await produce(["old"], to: cluster)
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .latest)])
    #expect(try await consumer.readToEnd().ends.first?.offset == 1)
    try await produce(["new"], to: cluster)
    #expect(values(try await consumer.readToEnd().records) == ["new"])
  }

  @Test func saysWhenAnOffsetIsOutOfRangeAndReadsOnWhenReassigned() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    try await produce(["a"], to: cluster)
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .exact(100))])
    let error = try await #require(throws: KafkaError.self) { _ = try await consumer.readToEnd() }
    #expect(error.code == .offsetOutOfRange)
    #expect(error.topic == "t" && error.partition == 0)
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .earliest)])
    #expect(values(try await consumer.readToEnd().records) == ["a"])
  }

  @Test func goesOnByItselfWhenTheBrokerComesBack() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let notices = Mutex<[String]>([])
    let (isReported, report) = AsyncStream.makeStream(of: Void.self)
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop) { error in
      notices.withLock { $0.append(error.name) }
      report.yield()
    }
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .earliest)])
    _ = try await consumer.readToEnd()
    async let read = consumer.readToEnd()
    cluster.setDown()
    for await _ in isReported { break }
    cluster.setUp()
    try await produce(["after"], to: cluster)
    var records = try await read.records
    while records.isEmpty { records = try await consumer.readToEnd().records }  // its reconnect may tell the end again
    #expect(values(records) == ["after"])
    #expect(notices.withLock { $0.contains("_TRANSPORT") || $0.contains("_ALL_BROKERS_DOWN") })
  }

  @Test func givesMuchInBoundedBatches() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: true, loop: loop)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3_000 {
        group.addTask {
          _ = try? await producer.produce(topic: "t", partition: 0, key: [1], value: [UInt8](repeating: 7, count: 100))
        }
      }
    }
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([KafkaPosition(topic: "t", partition: 0, offset: .earliest)])
    var offsets: [Int64] = []
    for try await batch in consumer {
      #expect(batch.records.count <= 1_000)
      offsets += batch.records.map(\.offset)
      if !batch.ends.isEmpty { break }
    }
    #expect(offsets == Array(0..<3_000))
  }

  @Test func aWaitingReaderIsCancelled() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    let reader = Task { try await consumer.next() }
    reader.cancel()
    await #expect(throws: CancellationError.self) { try await reader.value }
  }

  @Test func closingEndsTheSequence() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    async let count = { try await consumer.reduce(0) { count, _ in count + 1 } }()
    consumer.close()
    #expect(try await count == 0)
  }

  @Test func namesAnUnknownSetting() async throws {
    let error = try await #require(throws: KafkaError.self) {
      _ = try await KafkaConsumer(settings: ["bootstrap.server": "x"], loop: loop)
    }
    #expect(error.code == .invalid)
    #expect(error.message.contains("bootstrap.server"))
  }
}
