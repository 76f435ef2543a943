private struct NewTopic {
  var name: String
  var partitions: Int32
  var replication: Int16
  var hasAssignments: Bool
  var configuration: [(String, String?)]

  init(_ reader: inout KafkaReader) throws(MalformedRequest) {
    name = try reader.string()
    partitions = try reader.int32()
    replication = try reader.int16()
    let assignments = try reader.array { reader throws(MalformedRequest) in
      (try reader.int32(), try reader.array { reader throws(MalformedRequest) in try reader.int32() })
    }
    hasAssignments = !assignments.isEmpty
    configuration = try reader.array { reader throws(MalformedRequest) in
      (try reader.string(), try reader.nullableString())
    }
  }
}

extension BrokerRequests {
  func createTopics(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let topics = try reader.array { reader throws(MalformedRequest) in try NewTopic(&reader) }
    _ = try reader.int32()  // time-out: nothing here takes long
    let onlyValidates = header.version >= 1 ? try reader.bool() : false
    var results: [(name: String, code: KafkaErrorCode, message: String?)] = []
    for topic in topics {
      let (code, message) = await create(topic, onlyValidates: onlyValidates)
      results.append((topic.name, code, message))
    }
    if header.version >= 2 { writer.int32(0) }  // throttle
    writer.array(results) { writer, result in
      writer.string(result.name)
      writer.error(result.code)
      if header.version >= 1 { writer.nullableString(result.message) }
    }
  }

  private func create(_ topic: NewTopic, onlyValidates: Bool) async -> (KafkaErrorCode, String?) {
    guard !topic.hasAssignments else { return (.invalidRequest, "This broker is alone: it takes no assignments.") }
    guard topic.replication == 1 || topic.replication == -1 else {
      return (.invalidReplicationFactor, "This broker is alone: the replication factor is 1.")
    }
    let partitions = topic.partitions == -1 ? settings.defaultPartitions : topic.partitions
    guard 1...BrokerLog.maximumPartitions ~= partitions else {
      return (.invalidPartitions, "A topic has 1 to \(BrokerLog.maximumPartitions) partitions.")
    }
    do {
      let topicSettings = try TopicSettings(topic.configuration)
      if onlyValidates { return (.none, nil) }
      try await log.createTopic(topic.name, partitions: partitions, settings: topicSettings)
      return (.none, nil)
    } catch let error as TopicSettings.Invalid {
      return (.invalidConfig, error.reason)
    } catch BrokerError.topicExists {
      return (.topicAlreadyExists, "The topic \(topic.name) is there already.")
    } catch BrokerError.invalid(let reason) {
      return (.invalidTopic, reason)
    } catch {
      report("topic \(topic.name) can't be made: \(error)")
      return (.kafkaStorageError, "\(error)")
    }
  }
}

extension TopicSettings {
  struct Invalid: Error { let reason: String }

  /// What clients set for a cluster's sake and a broker alone, that compacts at once, has no use for.
  private static let withoutEffect: Set<String> = [
    "min.insync.replicas", "min.compaction.lag.ms", "max.compaction.lag.ms", "min.cleanable.dirty.ratio",
    "segment.bytes", "segment.ms", "flush.messages", "flush.ms", "unclean.leader.election.enable", "preallocate",
    "file.delete.delay.ms", "index.interval.bytes", "segment.index.bytes", "segment.jitter.ms", "compression.type",
  ]

  /// Reads Kafka's topic configuration; null takes the default.
  init(_ configuration: [(String, String?)]) throws(Invalid) {
    self.init()
    for case (let name, let value?) in configuration {
      switch name {
      case "cleanup.policy":
        guard value == "compact" || value == "delete" else {
          throw Invalid(reason: "cleanup.policy is compact or delete, not \(value)")
        }
        isCompacted = value == "compact"
      case "retention.ms":
        let duration = try Self.number(name, value, from: -1)
        retention = duration == -1 ? nil : duration
      case "retention.bytes":
        guard value == "-1" else { throw Invalid(reason: "retention.bytes: this broker drops records by age alone") }
      case "delete.retention.ms": tombstoneRetention = try Self.number(name, value, from: 0)
      case "max.message.bytes": maximumBatchSize = Int(try Self.number(name, value, from: 0))
      case let name where Self.withoutEffect.contains(name): break
      default: throw Invalid(reason: "this broker knows no topic setting \(name)")
      }
    }
  }

  private static func number(_ name: String, _ value: String, from least: Int64) throws(Invalid) -> Int64 {
    guard let number = Int64(value), number >= least else {
      throw Invalid(reason: "\(name) is a number from \(least), not \(value)")
    }
    return number
  }
}
