extension BrokerRequests {
  private struct PartitionData {
    var partition: TopicPartition
    var records: Range<Int>?
  }

  /// Returns false when the producer wants no answer.
  func produce(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws -> Bool {
    let transaction = try reader.nullableString()
    let acks = try reader.int16()
    _ = try reader.int32()  // time-out: a commit takes no longer than the disk
    let data = try reader.array { reader throws(MalformedRequest) in
      let topic = try reader.string()
      return try reader.array { reader throws(MalformedRequest) in
        PartitionData(partition: TopicPartition(topic, try reader.int32()), records: try reader.nullableBytes())
      }
    }.flatMap { $0 }
    let isRefused = transaction != nil || !(-1...1).contains(acks)
    let refusal: KafkaErrorCode = transaction != nil ? .invalidRequest : .invalidRequiredAcks
    let results =
      isRefused
      ? data.map { _ in (code: refusal, offset: Int64(-1)) } : await append(data, of: reader.bytes, header)
    guard acks != 0 else { return false }

    let isNew = header.version >= 5
    writer.array(data.indices.chunked { data[$0].partition.topic == data[$1].partition.topic }) { writer, chunk in
      writer.string(data[chunk.lowerBound].partition.topic)
      writer.array(chunk) { writer, index in
        writer.int32(data[index].partition.partition)
        writer.error(results[index].code)
        writer.int64(results[index].offset)
        writer.int64(-1)  // log append time: the producer's time is kept
        if isNew { writer.int64(-1) }  // log start
      }
    }
    writer.int32(0)  // throttle
    return true
  }

  /// Decodes every batch, then appends the good ones in one go.
  private func append(
    _ data: [PartitionData], of bytes: [UInt8], _ header: KafkaRequestHeader
  ) async -> [(code: KafkaErrorCode, offset: Int64)] {
    var results = [(code: KafkaErrorCode, offset: Int64)](repeating: (.none, -1), count: data.count)
    var batches: [(TopicPartition, ProducedBatch)] = []
    var places: [Int] = []
    for (index, data) in data.enumerated() {
      do throws(RefusedBatch) {
        guard let records = data.records else { throw RefusedBatch(code: .invalidRecord, reason: "no records") }
        batches.append((data.partition, try RecordBatch.decode(bytes, in: records)))
        places.append(index)
      } catch {
        report("refused records of client \(header.client) for \(data.partition): \(error.reason)")
        results[index].code = error.code
      }
    }
    guard !batches.isEmpty else { return results }
    do {
      for (place, result) in zip(places, try await log.append(batches, now: now())) {
        switch result {
        case .success(let offset): results[place].offset = offset
        case .failure(let error): results[place].code = KafkaErrorCode(error)
        }
      }
    } catch {
      report("records of client \(header.client) were not written: \(error)")
      for place in places { results[place].code = .kafkaStorageError }
    }
    return results
  }
}

extension Range<Int> {
  /// Splits where neighbours do not belong together.
  func chunked(_ belongTogether: (Int, Int) -> Bool) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = lowerBound
    for index in self where index + 1 == upperBound || !belongTogether(index, index + 1) {
      chunks.append(start..<index + 1)
      start = index + 1
    }
    return chunks
  }
}
