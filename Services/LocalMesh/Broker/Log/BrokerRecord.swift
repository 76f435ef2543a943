/// A header of a record. Names may repeat.
struct BrokerHeader: Sendable, Equatable {
  var name: String
  var value: [UInt8]?

  init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}

/// A record: what a producer hands in, and with its ``StoredRecord/offset`` what a consumer gets.
struct BrokerRecord: Sendable, Equatable {
  /// Milliseconds since 1970, UTC: when the producer made it.
  var timestamp: Int64
  /// In a compacted topic only the newest record of a key stays, and every record must have a key.
  var key: [UInt8]?
  /// nil is a tombstone: in a compacted topic it deletes its key.
  var value: [UInt8]?
  var headers: [BrokerHeader]

  init(timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [BrokerHeader] = []) {
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// A record where it lies in its partition. Offsets only grow; they have gaps where records were compacted or expired.
struct StoredRecord: Sendable, Equatable {
  var offset: Int64
  var record: BrokerRecord
}

/// One partition of one topic. Partitions count from 0.
struct TopicPartition: Sendable, Hashable {
  var topic: String
  var partition: Int32

  init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}
