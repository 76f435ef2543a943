/// What a topic was created with. The names are Kafka's (<https://kafka.apache.org/documentation/#topicconfigs>).
struct TopicSettings: Sendable, Equatable {
  /// `cleanup.policy`: `compact` keeps the newest record of each key, `delete` drops records by age.
  var isCompacted = false
  /// `retention.ms`: how long a record stays in a topic that is not compacted; nil (−1) is for ever.
  var retention: Int64? = 7 * 24 * 3_600_000
  /// `delete.retention.ms`: how long a tombstone stays in a compacted topic.
  var tombstoneRetention: Int64 = 24 * 3_600_000
  /// `max.message.bytes`: the largest batch of records that a producer may send.
  var maximumBatchSize = 1_048_588
}

/// A topic as it is.
struct TopicDescription: Sendable, Equatable {
  var name: String
  /// How many partitions there are, numbered from 0.
  var partitions: Int32
  var settings: TopicSettings
}
