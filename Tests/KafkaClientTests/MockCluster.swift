import CRdKafka
import EventLoop
import KafkaClient

/// librdkafka's own stand-in for a Kafka cluster, on loopback.
final class MockCluster: @unchecked Sendable {
  // @unchecked: the calls used are thread-safe.
  private let handle: OpaquePointer
  private let cluster: OpaquePointer
  let settings: [String: String]

  struct NotStarted: Error {}

  init(topics: [String: Int32]) throws {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set_log_cb(configuration, nil)  // it warns that it has no servers, which it needs none of
    guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0),
      let cluster = rd_kafka_mock_cluster_new(handle, 1)
    else { throw NotStarted() }
    self.handle = handle
    self.cluster = cluster
    settings = ["bootstrap.servers": String(cString: rd_kafka_mock_cluster_bootstraps(cluster))]
    for (topic, partitions) in topics { rd_kafka_mock_topic_create(cluster, topic, partitions, 1) }
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(handle)
  }

  func setDown() { rd_kafka_mock_broker_set_down(cluster, 1) }
  func setUp() { rd_kafka_mock_broker_set_up(cluster, 1) }

  /// Has the next produce requests answered with these errors.
  func failProduce(_ errors: [rd_kafka_resp_err_t]) {
    rd_kafka_mock_push_request_errors_array(cluster, 0, errors.count, errors)
  }
}

/// One loop for all tests of this target.
let loop = EventLoop(name: "kafka-tests")

extension KafkaConsumer {
  /// Reads until `partitions` ends have been met.
  func readToEnd(partitions: Int = 1) async throws -> (records: [KafkaRecord], ends: [KafkaEnd]) {
    var records: [KafkaRecord] = []
    var ends: [KafkaEnd] = []
    while ends.count < partitions {
      let batch = try await next()
      records += batch.records
      ends += batch.ends
    }
    return (records, ends)
  }
}
