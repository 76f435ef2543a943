import CRdKafka

extension KafkaRecord {
  /// Copies a message, whose memory belongs to its event.
  init(_ message: rd_kafka_message_t, _ pointer: UnsafePointer<rd_kafka_message_t>) {
    var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let timestamp = rd_kafka_message_timestamp(pointer, &type)
    self.init(
      topic: String(cString: rd_kafka_topic_name(message.rkt)), partition: message.partition, offset: message.offset,
      key: [UInt8](message.key, count: message.key_len), value: [UInt8](message.payload, count: message.len),
      headers: KafkaHeader.all(of: pointer),
      timestamp: type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp)
  }
}

extension KafkaHeader {
  fileprivate static func all(of message: UnsafePointer<rd_kafka_message_t>) -> [KafkaHeader] {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return [] }
    var headers: [KafkaHeader] = []
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      guard let name else { break }
      headers.append(KafkaHeader(String(cString: name), [UInt8](value, count: size)))
    }
    return headers
  }
}

extension [UInt8] {
  /// nil for a null pointer, which is Kafka's null.
  fileprivate init?(_ start: UnsafeRawPointer?, count: Int) {
    guard let start else { return nil }
    self.init(UnsafeRawBufferPointer(start: start, count: count))
  }
}
