import CRdKafka

/// A list of partitions in librdkafka's form.
final class PartitionList {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ positions: [KafkaPosition]) {
    // It ends the process itself when there is no memory.
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: positions.count))!
    for position in positions { add(position.topic, position.partition, position.offset.code) }
  }

  init(topic: String, partitions: [Int32], offset: Int64) {
    pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))!
    for partition in partitions { add(topic, partition, offset) }
  }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  private func add(_ topic: String, _ partition: Int32, _ offset: Int64) {
    rd_kafka_topic_partition_list_add(pointer, topic, partition).pointee.offset = offset
  }

  var elements: UnsafeBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
  }

  /// Throws the first error that a call left at an element.
  func check() throws(KafkaError) {
    for element in elements {
      try KafkaError.check(element.err, topic: String(cString: element.topic), partition: element.partition)
    }
  }
}

extension KafkaOffset {
  var code: Int64 {
    switch self {
    case .earliest: Int64(RD_KAFKA_OFFSET_BEGINNING)
    case .latest: Int64(RD_KAFKA_OFFSET_END)
    case .exact(let offset): max(0, offset)
    }
  }
}

extension Duration {
  /// Milliseconds as librdkafka takes time-outs.
  var milliseconds: Int32 {
    Int32(clamping: components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
