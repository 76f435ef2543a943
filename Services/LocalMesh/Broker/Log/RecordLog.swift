/// The broker's records in this process: what the Kafka protocol and the sidecars' pub/sub both stand on. ``BrokerLog`` is it.
///
/// A subscriber is a loop per topic and consumer group:
///
///     var position = try await log.committedOffsets(group: "notifier")        // or earliestOffset / endOffset
///     while !Task.isCancelled {
///       for (partition, from) in position {
///         let records = try await log.read(partition, from: from, maxBytes: 1 << 20)
///         … deliver, commit(records.last.offset + 1), move position …
///       }
///       try await log.waitForAppend(beyond: position)
///     }
protocol RecordLog: Sendable {
  /// Makes a topic; it is on disk when this returns.
  ///
  /// - Throws: ``BrokerError/topicExists`` for one that is there, ``BrokerError/invalid(_:)`` for a name or count that can't be.
  func createTopic(_ name: String, partitions: Int32, settings: TopicSettings) async throws

  /// Every topic, by name.
  func topics() async -> [TopicDescription]

  /// Appends records and answers the offset of the first; the others follow without a gap. They survive kill −9 when this
  /// returns. Appends that arrive while another is written share the next transaction; those from one task keep their order.
  @discardableResult
  func append(_ records: [BrokerRecord], to partition: TopicPartition) async throws -> Int64

  /// Records from `offset` on, oldest first; at least one, however large, when there is one; empty at the end.
  ///
  /// - Parameter maxBytes: about how many octets of keys, values and headers to read.
  /// - Throws: ``BrokerError/offsetOutOfRange`` below the earliest offset and above the end.
  func read(_ partition: TopicPartition, from offset: Int64, maxBytes: Int) async throws -> [StoredRecord]

  /// The lowest offset that may be read; records below it have expired.
  func earliestOffset(_ partition: TopicPartition) async throws -> Int64

  /// The offset that the next record will get.
  func endOffset(_ partition: TopicPartition) async throws -> Int64

  /// Returns as soon as one of the partitions holds a record at or above the offset given for it; throws `CancellationError`
  /// when the task is cancelled.
  func waitForAppend(beyond offsets: [TopicPartition: Int64]) async throws

  /// Where a consumer group goes on, as kcat and others see it too; a partition that it never committed is missing.
  func committedOffsets(group: String) async throws -> [TopicPartition: Int64]

  /// Keeps where a group goes on (the offset after the last record that it is done with); on disk when this returns.
  func commit(_ offsets: [TopicPartition: Int64], group: String) async throws
}

/// Why the log did not do what it was asked.
enum BrokerError: Error, Sendable, Equatable {
  case unknownTopicOrPartition
  case topicExists
  case offsetOutOfRange
  /// A record without a key for a compacted topic.
  case keyMissing
  case batchTooLarge
  /// An idempotent producer's batch that does not follow its last one.
  case outOfOrderSequence
  /// An idempotent producer's batch that is older than those remembered, and was appended.
  case duplicateSequence
  /// A newer instance of the idempotent producer has written.
  case staleProducerEpoch
  /// A topic name, partition count or setting that can't be, with the reason.
  case invalid(String)
  /// SQLite did not write or read, with its words; nothing of the call was kept.
  case storage(String)
}
