import CRdKafka

/// What Kafka or librdkafka refused.
public struct KafkaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What a caller may want to tell apart.
  public enum Code: Sendable, Equatable {
    /// The offset asked for has expired, or the topic is a new one that has not come so far yet.
    case offsetOutOfRange
    /// The record is larger than the topic or the client's settings allow.
    case messageTooLarge
    case unknownTopicOrPartition
    case topicAlreadyExists
    /// No answer in time. What was to be produced may have been appended all the same.
    case timedOut
    /// Too many records wait for their acknowledgement.
    case queueFull
    /// A setting or an argument that can't be.
    case invalid
    /// The client was closed.
    case closed
    /// The client can't go on; only a new one can.
    case fatal
    case other
  }

  public let code: Code
  /// Kafka's or librdkafka's own name, such as `_TIMED_OUT` (`rd_kafka_resp_err_t`).
  public let name: String
  /// Their words, for people.
  public let message: String
  /// The partition it is about, if it is about one.
  public let topic: String?
  public let partition: Int32?

  init(code: Code, name: String, message: String, topic: String? = nil, partition: Int32? = nil) {
    self.code = code
    self.name = name
    self.message = message
    self.topic = topic
    self.partition = partition
  }

  init(_ code: rd_kafka_resp_err_t, message: String? = nil, topic: String? = nil, partition: Int32? = nil) {
    self.init(
      code: Code(code), name: String(cString: rd_kafka_err2name(code)),
      message: message ?? String(cString: rd_kafka_err2str(code)), topic: topic, partition: partition)
  }

  /// Takes over an error object of librdkafka.
  init(taking error: OpaquePointer) {
    defer { rd_kafka_error_destroy(error) }
    let code = rd_kafka_error_code(error)
    self.init(
      code: rd_kafka_error_is_fatal(error) != 0 ? .fatal : Code(code), name: String(cString: rd_kafka_err2name(code)),
      message: String(cString: rd_kafka_error_string(error)))
  }

  static let closed = KafkaError(code: .closed, name: "_DESTROY", message: "the client was closed")

  static func check(_ code: rd_kafka_resp_err_t, topic: String? = nil, partition: Int32? = nil) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, topic: topic, partition: partition) }
  }

  public var description: String {
    let place = topic.map { topic in partition.map { " (\(topic) [\($0)])" } ?? " (\(topic))" } ?? ""
    return "Kafka \(name): \(message)\(place)"
  }
}

extension KafkaError.Code {
  init(_ code: rd_kafka_resp_err_t) {
    switch code {
    // _AUTO_OFFSET_RESET is what `auto.offset.reset=error` makes of OFFSET_OUT_OF_RANGE.
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: self = .offsetOutOfRange
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: self = .messageTooLarge
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      self = .unknownTopicOrPartition
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: self = .topicAlreadyExists
    case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
      self = .timedOut
    case RD_KAFKA_RESP_ERR__QUEUE_FULL: self = .queueFull
    case RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
      RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      self = .invalid
    case RD_KAFKA_RESP_ERR__DESTROY, RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: self = .closed
    case RD_KAFKA_RESP_ERR__FATAL: self = .fatal
    default: self = .other
    }
  }
}
