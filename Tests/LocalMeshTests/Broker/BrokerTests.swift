import KafkaClient
import Testing

@testable import LocalMesh

/// The broker as librdkafka sees it.
@Suite(.timeLimit(.minutes(1))) struct BrokerTests {
  private func key(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(arguments: [false, true]) func aRecordComesBackAsItWas(isIdempotent: Bool) async throws {
    let broker = try await TestBroker.start(["t": 3])
    let producer = try await broker.producer(isIdempotent: isIdempotent)
    let headers = [KafkaHeader("traceparent", [1, 0, 2]), KafkaHeader("none", nil)]
    let offset = try await producer.produce(
      topic: "t", partition: 2, key: [9, 0], value: [0, 255], headers: headers, timestamp: 1_700_000_000_123)
    #expect(offset == 0)
    try await producer.produce(topic: "t", partition: 2, key: [], value: nil, timestamp: 5)
    let consumer = try await broker.consumer(partition: 2)
    #expect(
      try await consumer.readToEnd() == [
        KafkaRecord(
          topic: "t", partition: 2, offset: 0, key: [9, 0], value: [0, 255], headers: headers,
          timestamp: 1_700_000_000_123),
        KafkaRecord(topic: "t", partition: 2, offset: 1, key: [], value: nil, timestamp: 5),
      ])
  }

  @Test func manyRecordsKeepTheirOrder() async throws {
    let broker = try await TestBroker.start()
    let producer = try await broker.producer()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<5_000 {
        group.addTask { _ = try? await producer.produce(topic: "t", partition: 0, key: nil, value: key("\(number)")) }
      }
    }
    let records = try await broker.consumer().readToEnd()
    #expect(records.map(\.offset) == Array(0..<5_000))
    #expect(Set(texts(records)) == Set((0..<5_000).map { "\($0)" }))
  }

  @Test func topicsAreMadeWithTheirSettings() async throws {
    let broker = try await TestBroker.start([:])
    let admin = try KafkaAdmin(settings: broker.settings)
    try await admin.createTopic(
      "task-events", partitions: 64,
      configuration: [
        "cleanup.policy": "compact", "min.compaction.lag.ms": "86400000", "delete.retention.ms": "604800000",
      ])
    try await admin.createTopic("reminders", partitions: 2, configuration: ["retention.ms": "-1"])
    let again = try await #require(throws: KafkaError.self) { try await admin.createTopic("reminders", partitions: 2) }
    #expect(again.code == .topicAlreadyExists)
    for bad in ["cleanup.policy": "shred", "retention.ms": "soon", "retentoin.ms": "1"] {
      let error = try await #require(throws: KafkaError.self) {
        try await admin.createTopic("u", partitions: 1, configuration: [bad.key: bad.value])
      }
      #expect(error.code == .invalid)
      #expect(error.message.contains(bad.key))
    }
    let name = try await #require(throws: KafkaError.self) { try await admin.createTopic("a b", partitions: 1) }
    #expect(name.code == .invalid)
    let cluster = try await admin.cluster()
    #expect(cluster == KafkaCluster(id: broker.log.clusterID, topics: ["task-events": 64, "reminders": 2]))
    let settings = await broker.log.topics().map(\.settings)
    #expect(
      settings == [
        TopicSettings(retention: nil), TopicSettings(isCompacted: true, tombstoneRetention: 604_800_000),
      ])
  }

  @Test func aCompactedTopicHasGapsAndIsReadToItsEnd() async throws {
    let broker = try await TestBroker.start(topicSettings: TopicSettings(isCompacted: true))
    let producer = try await broker.producer()
    for (name, value) in [("a", "1"), ("b", "1"), ("a", "2"), ("a", "3"), ("c", "1"), ("b", "2")] {
      try await producer.produce(topic: "t", partition: 0, key: key(name), value: key(value))
    }
    let records = try await broker.consumer().readToEnd()
    #expect(records.map(\.offset) == [3, 4, 5])
    #expect(texts(records) == ["3", "1", "2"])
    #expect(try await broker.consumer(from: .exact(1)).readToEnd().map(\.offset) == [3, 4, 5])
    let error = try await #require(throws: KafkaError.self) {
      try await broker.producer(isIdempotent: false).produce(topic: "t", partition: 0, key: nil, value: [1])
    }
    #expect(error.name == "INVALID_RECORD")
  }

  @Test func anExpiredOffsetIsOutOfRange() async throws {
    let broker = try await TestBroker.start(topicSettings: TopicSettings(retention: 1_000))
    try await broker.log.append([BrokerRecord(timestamp: 0, key: nil, value: [1])], to: TopicPartition("t", 0))
    try await broker.log.expire(now: 10_000)
    let error = try await #require(throws: KafkaError.self) {
      _ = try await broker.consumer(from: .exact(0)).readToEnd()
    }
    #expect(error.code == .offsetOutOfRange)
    let admin = try KafkaAdmin(settings: broker.settings)
    #expect(try await admin.watermarks(topic: "t", partitions: [0]) == [0: KafkaWatermarks(low: 1, high: 1)])
    #expect(try await broker.consumer().readToEnd().isEmpty)
  }

  @Test func theFirstRecordThatIsNotOlderThanATimeIsFoundInEachPartition() async throws {
    let broker = try await TestBroker.start(["t": 3])
    for (partition, times) in [(0, [100, 200, 300]), (1, [100])] as [(Int32, [Int64])] {
      try await broker.log.append(
        times.map { BrokerRecord(timestamp: Int64($0), key: nil, value: [1]) },
        to: TopicPartition("t", Int32(partition)))
    }
    let consumer = try await broker.consumer()
    func found(_ time: Int64) async throws -> [Int32: Int64] {
      try await consumer.offsets(notBefore: time, topic: "t", partitions: [0, 1, 2])
    }
    #expect(try await found(150) == [0: 1])
    #expect(try await found(100) == [0: 0, 1: 0])
    #expect(try await found(301) == [:])
  }

  @Test func watermarksOfManyPartitionsComeTogether() async throws {
    let broker = try await TestBroker.start(["t": 64])
    let record = BrokerRecord(timestamp: 0, key: nil, value: [1])
    try await broker.log.append([record, record, record], to: TopicPartition("t", 63))
    let admin = try KafkaAdmin(settings: broker.settings)
    let marks = try await admin.watermarks(topic: "t", partitions: Array(0..<64))
    #expect(marks.count == 64)
    #expect(marks[63] == KafkaWatermarks(low: 0, high: 3))
    #expect(marks[5] == KafkaWatermarks(low: 0, high: 0))
    let error = try await #require(throws: KafkaError.self) {
      try await admin.watermarks(topic: "t", partitions: [64], timeout: .seconds(3))
    }
    #expect(error.code == .unknownTopicOrPartition)
  }

  @Test func aWaitingFetchWakesForWhatTheSidecarAppends() async throws {
    let broker = try await TestBroker.start()
    let consumer = try await broker.consumer()
    #expect(try await consumer.readToEnd().isEmpty)
    async let next = consumer.next()
    try await broker.log.append([BrokerRecord(timestamp: 1, key: nil, value: key("x"))], to: TopicPartition("t", 0))
    #expect(texts(try await next.records) == ["x"])
  }

  @Test func clientsGoOnWhenTheBrokerComesBack() async throws {
    let broker = try await TestBroker.start()
    let producer = try await broker.producer()
    let consumer = try await broker.consumer()
    try await producer.produce(topic: "t", partition: 0, key: nil, value: key("before"))
    var read = texts(try await consumer.readToEnd())
    await broker.server.close()
    let during = Task.immediate {
      try await producer.produce(topic: "t", partition: 0, key: nil, value: key("during"))
    }
    #expect(try await broker.server.open() == broker.port)
    #expect(try await during.value == 1)
    while read.count < 2 { read += texts(try await consumer.next().records) }
    #expect(read == ["before", "during"])
  }

  @Test func aRecordThatIsTooLargeForItsTopicIsRefused() async throws {
    let broker = try await TestBroker.start(topicSettings: TopicSettings(maximumBatchSize: 1_000))
    let producer = try await broker.producer(isIdempotent: false)
    let error = try await #require(throws: KafkaError.self) {
      try await producer.produce(topic: "t", partition: 0, key: nil, value: [UInt8](repeating: 0, count: 2_000))
    }
    #expect(error.code == .messageTooLarge)
    try await producer.produce(topic: "t", partition: 0, key: nil, value: [1])
  }

  @Test func aLargeRecordComesBack() async throws {
    let broker = try await TestBroker.start()
    let value = [UInt8](repeating: 5, count: 950_000)
    try await broker.producer().produce(topic: "t", partition: 0, key: nil, value: value)
    #expect(try await broker.consumer().readToEnd().map(\.value) == [value])
  }

  /// The versions that the broker names have librdkafka leave compression out.
  @Test(arguments: ["gzip", "snappy", "lz4", "zstd"]) func aClientSetToCompressIsServed(codec: String) async throws {
    let broker = try await TestBroker.start()
    let value = [UInt8](repeating: 0, count: 1_000)
    try await broker.producer(["compression.type": codec]).produce(topic: "t", partition: 0, key: nil, value: value)
    #expect(try await broker.consumer().readToEnd().map(\.value) == [value])
  }

  @Test func topicsAppearOnDemandOnlyWhereThatIsSet() async throws {
    let without = try await TestBroker.start([:])
    let error = try await #require(throws: KafkaError.self) {
      try await without.producer(["message.timeout.ms": "1000"])
        .produce(topic: "new", partition: 0, key: nil, value: [1])
    }
    #expect(error.code == .timedOut)  // librdkafka hopes that the topic still comes
    #expect(await without.log.topics().isEmpty)
    let with = try await TestBroker.start([:], settings: BrokerSettings(createsTopics: true, defaultPartitions: 4))
    try await with.producer().produce(topic: "new", partition: 3, key: nil, value: [1])
    #expect(await with.log.topics().map(\.partitions) == [4])
  }
}
