import SQLite

/// Where a consumer group goes on in a partition, with a word of its own.
struct GroupOffset: Sendable, Equatable {
  var offset: Int64
  var metadata: String?
}

extension LogStore {
  func groupOffsets(_ group: String) throws -> [TopicPartition: GroupOffset] {
    var found: [TopicPartition: GroupOffset] = [:]
    try connection.query(
      "SELECT topic, partition, offset, metadata FROM group_offsets WHERE group_id = ?", [.text(group)]
    ) {
      found[TopicPartition($0.text(0), Int32(clamping: $0.int(1)))] = GroupOffset(
        offset: $0.int(2), metadata: $0.optionalText(3))
    }
    return found
  }

  func keep(_ offset: GroupOffset, for partition: TopicPartition, of group: String) throws {
    try connection.run(
      "INSERT OR REPLACE INTO group_offsets VALUES (?, ?, ?, ?, ?)", .text(group), .text(partition.topic),
      .int(Int64(partition.partition)), .int(offset.offset), .text(offset.metadata))
  }
}
