extension BrokerRequests {
  func listOffsets(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    _ = try reader.int32()  // replica
    if header.version >= 2 { _ = try reader.int8() }  // isolation
    let topics = try reader.array { reader throws(MalformedRequest) in
      let name = try reader.string()
      let partitions = try reader.array { reader throws(MalformedRequest) in
        (number: try reader.int32(), query: OffsetQuery(code: try reader.int64()))
      }
      return (name: name, partitions: partitions)
    }
    if header.version >= 2 { writer.int32(0) }  // throttle
    writer.int32(Int32(topics.count))
    for topic in topics {
      writer.string(topic.name)
      writer.int32(Int32(topic.partitions.count))
      for (number, query) in topic.partitions {
        writer.int32(number)
        do throws(BrokerError) {
          let found = try await log.offset(query, of: TopicPartition(topic.name, number))
          writer.error(.none)
          writer.int64(found?.timestamp ?? -1)
          writer.int64(found?.offset ?? -1)
        } catch {
          writer.error(KafkaErrorCode(error))
          writer.int64(-1)
          writer.int64(-1)
        }
      }
    }
  }
}

extension OffsetQuery {
  /// The timestamps −1 and −2 stand for the end and the start.
  fileprivate init(code: Int64) {
    self =
      switch code {
      case -1: .end
      case -2: .earliest
      default: .notBefore(code)
      }
  }
}
