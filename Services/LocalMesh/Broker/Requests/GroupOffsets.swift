extension BrokerRequests {
  func offsetCommit(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let generation = try reader.int32()
    let member = try reader.string()
    _ = try reader.int64()  // retention: offsets stay
    let topics = try reader.array { reader throws(MalformedRequest) in
      let topic = try reader.string()
      let partitions = try reader.array { reader throws(MalformedRequest) in
        let number = try reader.int32()
        let offset = GroupOffset(offset: try reader.int64(), metadata: try reader.nullableString())
        return (number: number, offset: offset)
      }
      return (name: topic, partitions: partitions)
    }
    var code = await groups.checkCommit(group: group, member: member, generation: generation)
    var offsets: [TopicPartition: GroupOffset] = [:]
    for topic in topics {
      for (number, offset) in topic.partitions { offsets[TopicPartition(topic.name, number)] = offset }
    }
    if code == .none, !offsets.isEmpty {
      do {
        try await log.commit(offsets, group: group)
      } catch {
        report("offsets of group \(group) were not written: \(error)")
        code = .kafkaStorageError
      }
    }
    if header.version >= 3 { writer.int32(0) }  // throttle
    writer.array(topics) { writer, topic in
      writer.string(topic.name)
      writer.array(topic.partitions) { writer, partition in
        writer.int32(partition.number)
        writer.error(code)
      }
    }
  }

  func offsetFetch(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let wanted = try reader.nullableArray { reader throws(MalformedRequest) in
      let topic = try reader.string()
      return (
        name: topic, partitions: try reader.array { reader throws(MalformedRequest) in try reader.int32() }
      )
    }
    var offsets: [TopicPartition: GroupOffset] = [:]
    var code = KafkaErrorCode.none
    do throws(BrokerError) { offsets = try await log.groupOffsets(group) } catch { code = KafkaErrorCode(error) }
    let all = Dictionary(grouping: offsets.keys, by: \.topic).map {
      (name: $0, partitions: $1.map(\.partition).sorted())
    }
    if header.version >= 3 { writer.int32(0) }  // throttle
    writer.array(wanted ?? all) { writer, topic in
      writer.string(topic.name)
      writer.array(topic.partitions) { writer, number in
        let offset = offsets[TopicPartition(topic.name, number)]
        writer.int32(number)
        writer.int64(offset?.offset ?? -1)
        writer.nullableString(offset?.metadata ?? "")
        writer.error(code)
      }
    }
    if header.version >= 2 { writer.error(code) }
  }
}
