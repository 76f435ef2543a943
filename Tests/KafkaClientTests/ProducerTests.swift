import CRdKafka
import KafkaClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProducerTests {
  private func records(of cluster: MockCluster, partition: Int32 = 0) async throws -> [KafkaRecord] {
    let consumer = try await KafkaConsumer(settings: cluster.settings, loop: loop)
    try await consumer.assign([KafkaPosition(topic: "t", partition: partition, offset: .earliest)])
    return try await consumer.readToEnd().records
  }

  @Test func aRecordComesBackAsItWas() async throws {
    let cluster = try MockCluster(topics: ["t": 4])
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: true, loop: loop)
    let headers = [KafkaHeader("traceparent", [1, 0, 2]), KafkaHeader("none", nil), KafkaHeader("empty", [])]
    let offset = try await producer.produce(
      topic: "t", partition: 3, key: [9, 0, 9], value: [0, 255], headers: headers, timestamp: 1_700_000_000_123)
    #expect(offset == 0)
    #expect(
      try await records(of: cluster, partition: 3) == [
        KafkaRecord(
          topic: "t", partition: 3, offset: 0, key: [9, 0, 9], value: [0, 255], headers: headers,
          timestamp: 1_700_000_000_123)
      ])
  }

  @Test func nullAndEmptyAreDifferent() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: false, loop: loop)
    try await producer.produce(topic: "t", partition: 0, key: nil, value: [])
    try await producer.produce(topic: "t", partition: 0, key: [], value: nil)
    let read = try await records(of: cluster)
    #expect(read.map(\.key) == [nil, []])
    #expect(read.map(\.value) == [[], nil])
  }

  @Test func saysThatARecordIsTooLarge() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let producer = try await KafkaProducer(
      settings: cluster.settings.merging(["message.max.bytes": "1000"]) { $1 }, isIdempotent: true, loop: loop)
    let error = try await #require(throws: KafkaError.self) {
      try await producer.produce(topic: "t", partition: 0, key: nil, value: [UInt8](repeating: 0, count: 2_000))
    }
    #expect(error.code == .messageTooLarge)
    #expect(try await producer.produce(topic: "t", partition: 0, key: nil, value: [1]) == 0)
  }

  @Test func saysThatAPartitionIsUnknown() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: true, loop: loop)
    let error = try await #require(throws: KafkaError.self) {
      try await producer.produce(topic: "t", partition: 5, key: nil, value: [1])
    }
    #expect(error.code == .unknownTopicOrPartition)
  }

  @Test func repeatsWhatFailedWithoutDoublingIt() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let producer = try await KafkaProducer(
      settings: cluster.settings.merging(["retry.backoff.ms": "1"]) { $1 }, isIdempotent: true, loop: loop)
    cluster.failProduce([
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    ])
    let offsets = try await withThrowingTaskGroup(of: Int64?.self) { group in
      for value in 0..<200 as Range<UInt8> {
        group.addTask { try await producer.produce(topic: "t", partition: 0, key: nil, value: [value]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(offsets.compactMap { $0 }) == Set(0..<200))
    #expect(Set(try await records(of: cluster).compactMap { $0.value?.first }) == Set(0..<200))
  }

  @Test func deliversWhenTheBrokerComesBack() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    let (isReported, report) = AsyncStream.makeStream(of: Void.self)
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: true, loop: loop) { _ in
      report.yield()
    }
    try await producer.produce(topic: "t", partition: 0, key: nil, value: [1])
    cluster.setDown()
    async let second = producer.produce(topic: "t", partition: 0, key: nil, value: [2])
    for await _ in isReported { break }
    cluster.setUp()
    #expect(try await second == 1)
  }

  @Test func closingTellsThoseWhoWait() async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    cluster.setDown()
    let producer = try await KafkaProducer(settings: cluster.settings, isIdempotent: false, loop: loop)
    let waiting = Task.immediate {
      try await producer.produce(topic: "t", partition: 0, key: nil, value: [1])
    }
    await producer.close()
    let error = try await #require(throws: KafkaError.self) { try await waiting.value }
    #expect(error.code == .closed)
  }

  @Test(arguments: ["delivery.timeout.ms", "message.timeout.ms"])
  func aCallersTimeoutHoldsByEitherName(setting: String) async throws {
    let cluster = try MockCluster(topics: ["t": 1])
    cluster.setDown()
    let producer = try await KafkaProducer(
      settings: cluster.settings.merging([setting: "200"]) { $1 }, isIdempotent: false, loop: loop)
    let began = ContinuousClock.now
    let error = try await #require(throws: KafkaError.self) {
      try await producer.produce(topic: "t", partition: 0, key: nil, value: [1])
    }
    #expect(error.code == .timedOut)
    #expect(began.duration(to: .now) < .seconds(20))
  }
}
