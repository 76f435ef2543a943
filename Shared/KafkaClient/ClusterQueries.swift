import CRdKafka

/// What a cluster says of itself.
public struct KafkaCluster: Sendable, Equatable {
  /// Stays as long as the cluster's data; nil when the broker has none.
  public var id: String?
  /// The number of partitions of each topic.
  public var topics: [String: Int]

  public init(id: String?, topics: [String: Int]) {
    self.id = id
    self.topics = topics
  }
}

/// The bounds of a partition.
public struct KafkaWatermarks: Sendable, Equatable {
  /// The lowest offset that can be read.
  public var low: Int64
  /// The offset that the next record will get.
  public var high: Int64

  public init(low: Int64, high: Int64) {
    self.low = low
    self.high = high
  }
}

extension KafkaHandle {
  func cluster(timeout: Duration) async throws(KafkaError) -> KafkaCluster {
    try await BlockingCall.run { () throws(KafkaError) in
      var found: UnsafePointer<rd_kafka_metadata>?
      try KafkaError.check(rd_kafka_metadata(self.pointer, 1, nil, &found, timeout.milliseconds))
      guard let found else { throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, message: "metadata without content") }
      defer { rd_kafka_metadata_destroy(found) }
      var topics: [String: Int] = [:]
      for topic in UnsafeBufferPointer(start: found.pointee.topics, count: Int(found.pointee.topic_cnt))
      where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        topics[String(cString: topic.topic)] = Int(topic.partition_cnt)
      }
      // Known since the answer above, so this does not wait.
      let id = rd_kafka_clusterid(self.pointer, timeout.milliseconds)
      defer { if let id { rd_kafka_mem_free(self.pointer, id) } }
      return KafkaCluster(id: id.map { String(cString: $0) }, topics: topics)
    }
  }

  /// One request per end for all partitions, where librdkafka's own watermark call makes two per partition.
  func watermarks(
    topic: String, partitions: [Int32], timeout: Duration
  ) async throws(KafkaError) -> [Int32: KafkaWatermarks] {
    try await BlockingCall.run { () throws(KafkaError) in
      let low = PartitionList(topic: topic, partitions: partitions, offset: Int64(RD_KAFKA_OFFSET_BEGINNING))
      let high = PartitionList(topic: topic, partitions: partitions, offset: Int64(RD_KAFKA_OFFSET_END))
      for list in [low, high] {
        try KafkaError.check(
          rd_kafka_offsets_for_times(self.pointer, list.pointer, timeout.milliseconds), topic: topic)
        try list.check()
      }
      var found: [Int32: KafkaWatermarks] = [:]
      for element in low.elements {
        found[element.partition] = KafkaWatermarks(low: element.offset, high: element.offset)
      }
      for element in high.elements { found[element.partition]?.high = element.offset }
      return found
    }
  }

  /// Nil for a partition that has nothing as young.
  func offsets(
    notBefore milliseconds: Int64, topic: String, partitions: [Int32], timeout: Duration
  ) async throws(KafkaError) -> [Int32: Int64] {
    try await BlockingCall.run { () throws(KafkaError) in
      let list = PartitionList(topic: topic, partitions: partitions, offset: milliseconds)
      try KafkaError.check(
        rd_kafka_offsets_for_times(self.pointer, list.pointer, timeout.milliseconds), topic: topic)
      try list.check()
      var found: [Int32: Int64] = [:]
      for element in list.elements where element.offset >= 0 { found[element.partition] = element.offset }
      return found
    }
  }
}
