import CRdKafka

/// An instance of librdkafka, destroyed with its last reference.
final class KafkaHandle: @unchecked Sendable {
  // @unchecked: librdkafka's handles are thread-safe.
  let pointer: OpaquePointer

  /// - Parameters:
  ///   - settings: librdkafka's configuration properties
  ///     (<https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md>); `defaults` stand behind them.
  ///   - events: what the main queue gives, as `RD_KAFKA_EVENT_…`.
  init(_ type: rd_kafka_type_t, settings: [String: String], defaults: [String: String], events: Int32)
    throws(KafkaError)
  {
    guard let configuration = rd_kafka_conf_new() else {
      throw KafkaError(code: .fatal, name: "_FAIL", message: "no memory for a configuration")
    }
    let failure = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { words -> KafkaError? in
      // Defaults first: a setting may be another name of one (message.timeout.ms and delivery.timeout.ms).
      for (name, value) in Array(defaults) + settings.sorted(by: { $0.key < $1.key }) {
        guard rd_kafka_conf_set(configuration, name, value, words.baseAddress, words.count) == RD_KAFKA_CONF_OK else {
          return KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, message: String(cString: words.baseAddress!))
        }
      }
      return nil
    }
    if let failure {
      rd_kafka_conf_destroy(configuration)
      throw failure
    }
    rd_kafka_conf_set_events(configuration, events)
    // Else it writes to stderr, past the daemon's log; what matters comes as an event.
    rd_kafka_conf_set_log_cb(configuration, nil)
    let made = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) {
      words -> Result<OpaquePointer, KafkaError> in
      if let pointer = rd_kafka_new(type, configuration, words.baseAddress, words.count) { return .success(pointer) }
      return .failure(KafkaError(rd_kafka_last_error(), message: String(cString: words.baseAddress!)))
    }
    switch made {
    case .success(let pointer): self.pointer = pointer
    case .failure(let error):
      rd_kafka_conf_destroy(configuration)
      throw error
    }
  }

  deinit {
    // It joins librdkafka's threads, so not here. An assigned consumer has no group to leave.
    let address = UInt(bitPattern: pointer)
    BlockingCall.detach {
      rd_kafka_destroy_flags(OpaquePointer(bitPattern: address), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }
  }
}
