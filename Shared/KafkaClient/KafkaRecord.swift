/// A header of a record. Names may repeat.
public struct KafkaHeader: Sendable, Equatable {
  public var name: String
  public var value: [UInt8]?

  public init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}

/// A record as read from a topic.
public struct KafkaRecord: Sendable, Equatable {
  public var topic: String
  public var partition: Int32
  public var offset: Int64
  public var key: [UInt8]?
  /// nil is a tombstone.
  public var value: [UInt8]?
  public var headers: [KafkaHeader]
  /// Milliseconds since 1970, UTC; −1 when there is none.
  public var timestamp: Int64

  public init(
    topic: String, partition: Int32, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = [],
    timestamp: Int64
  ) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.key = key
    self.value = value
    self.headers = headers
    self.timestamp = timestamp
  }
}

/// Where a consumer begins in a partition.
public enum KafkaOffset: Sendable, Hashable {
  /// The oldest record there is.
  case earliest
  /// What is appended from now on.
  case latest
  /// The record with this offset, or the next one above it.
  case exact(Int64)
}

/// A place in a partition.
public struct KafkaPosition: Sendable, Hashable {
  public var topic: String
  public var partition: Int32
  public var offset: KafkaOffset

  public init(topic: String, partition: Int32, offset: KafkaOffset) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }
}

/// What a consumer read in one go: records in the order of their partitions, then the ends it met.
public struct KafkaBatch: Sendable, Equatable {
  public var records: [KafkaRecord]
  /// Partitions read to their end at this moment, with the offset that the next record will get. Each arrival at the end
  /// is told once.
  public var ends: [KafkaEnd]

  public init(records: [KafkaRecord] = [], ends: [KafkaEnd] = []) {
    self.records = records
    self.ends = ends
  }

  public var isEmpty: Bool { records.isEmpty && ends.isEmpty }
}

/// The end of a partition when a consumer reached it.
public struct KafkaEnd: Sendable, Hashable {
  public var topic: String
  public var partition: Int32
  public var offset: Int64

  public init(topic: String, partition: Int32, offset: Int64) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }
}
