extension BrokerRequests {
  func metadata(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let version = header.version
    var wanted = try reader.nullableArray { reader throws(MalformedRequest) in try reader.string() }
    // Version 0 has no null: there an empty list stands for all.
    if version == 0, wanted?.isEmpty == true { wanted = nil }
    let mayCreate = version >= 4 ? try reader.bool() : true
    if settings.createsTopics, mayCreate, let wanted { await createMissing(wanted) }
    let topics = await log.topics()

    if version >= 3 { writer.int32(0) }  // throttle
    writer.array(CollectionOfOne(Self.node)) { writer, node in
      writer.int32(node)
      writer.string(settings.host)
      writer.int32(Int32(port))
      if version >= 1 { writer.nullableString(nil) }  // rack
    }
    if version >= 2 { writer.nullableString(log.clusterID) }
    if version >= 1 { writer.int32(Self.node) }  // controller
    guard let wanted else {
      return writer.array(topics) { Self.topic($1.name, partitions: $1.partitions, version, &$0) }
    }
    let known = Dictionary(topics.map { ($0.name, $0.partitions) }) { $1 }
    writer.array(wanted) { Self.topic($1, partitions: known[$1], version, &$0) }
  }

  private func createMissing(_ names: [String]) async {
    for name in names {
      do {
        try await log.createTopic(name, partitions: settings.defaultPartitions, settings: TopicSettings())
      } catch BrokerError.topicExists {
      } catch {
        report("topic \(name) was asked for and can't be made: \(error)")
      }
    }
  }

  private static func topic(_ name: String, partitions: Int32?, _ version: Int16, _ writer: inout KafkaWriter) {
    writer.error(partitions == nil ? .unknownTopicOrPartition : .none)
    writer.string(name)
    if version >= 1 { writer.bool(false) }  // internal
    writer.array(0..<(partitions ?? 0)) { writer, number in
      writer.error(.none)
      writer.int32(number)
      writer.int32(node)  // leader
      writer.array(CollectionOfOne(node)) { $0.int32($1) }  // replicas
      writer.array(CollectionOfOne(node)) { $0.int32($1) }  // in sync
      if version >= 5 { writer.int32(0) }  // offline
    }
  }
}
