import CRdKafka

/// Makes topics and looks at a cluster, over a connection on which no fetch waits.
public final class KafkaAdmin: Sendable {
  private let handle: KafkaHandle

  /// - Parameter settings: librdkafka's properties; `bootstrap.servers` must be there.
  public init(settings: [String: String]) throws {
    handle = try KafkaHandle(RD_KAFKA_PRODUCER, settings: settings, defaults: [:], events: 0)
  }

  /// Makes a topic and returns once the broker knows it.
  ///
  /// - Parameters:
  ///   - replication: copies of each partition.
  ///   - configuration: topic settings such as `cleanup.policy`
  ///     (<https://kafka.apache.org/documentation/#topicconfigs>).
  /// - Throws: `KafkaError`; ``KafkaError/Code/topicAlreadyExists`` for one that is there.
  public func createTopic(
    _ name: String, partitions: Int32, replication: Int32 = 1, configuration: [String: String] = [:],
    timeout: Duration = .seconds(10)
  ) async throws {
    try await BlockingCall.run { [handle] () throws(KafkaError) in
      let options = rd_kafka_AdminOptions_new(handle.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
      let queue = rd_kafka_queue_new(handle.pointer)
      var topic = try Self.newTopic(name, partitions, replication, configuration)
      defer {
        rd_kafka_NewTopic_destroy(topic)
        rd_kafka_queue_destroy(queue)
        rd_kafka_AdminOptions_destroy(options)
      }
      rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, nil, 0)
      rd_kafka_AdminOptions_set_operation_timeout(options, timeout.milliseconds, nil, 0)
      rd_kafka_CreateTopics(handle.pointer, &topic, 1, options, queue)
      guard let event = rd_kafka_queue_poll(queue, timeout.milliseconds + 1_000) else {
        throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, topic: name)
      }
      defer { rd_kafka_event_destroy(event) }
      try Self.checkResult(event, topic: name)
    }
  }

  private static func newTopic(
    _ name: String, _ partitions: Int32, _ replication: Int32, _ configuration: [String: String]
  ) throws(KafkaError) -> OpaquePointer? {
    let made = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) {
      words -> Result<OpaquePointer, KafkaError> in
      if let topic = rd_kafka_NewTopic_new(name, partitions, replication, words.baseAddress, words.count) {
        return .success(topic)
      }
      return .failure(
        KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, message: String(cString: words.baseAddress!), topic: name))
    }
    let topic = try made.get()
    for (setting, value) in configuration { rd_kafka_NewTopic_set_config(topic, setting, value) }
    return topic
  }

  private static func checkResult(_ event: OpaquePointer, topic: String) throws(KafkaError) {
    let code = rd_kafka_event_error(event)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(code, message: String(cString: rd_kafka_event_error_string(event)), topic: topic)
    }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
    for index in 0..<count {
      guard let result = results?[index] else { continue }
      let code = rd_kafka_topic_result_error(result)
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        let words = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        throw KafkaError(code, message: words, topic: topic)
      }
    }
  }

  /// The cluster and its topics.
  public func cluster(timeout: Duration = .seconds(10)) async throws -> KafkaCluster {
    try await handle.cluster(timeout: timeout)
  }

  /// The lowest and the next offset of each partition.
  public func watermarks(
    topic: String, partitions: [Int32], timeout: Duration = .seconds(10)
  ) async throws -> [Int32: KafkaWatermarks] {
    try await handle.watermarks(topic: topic, partitions: partitions, timeout: timeout)
  }
}
