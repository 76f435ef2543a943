import KafkaClient

/// Where reading goes on, and whether the topic is still the one that was read. A topic that was made anew shows itself by
/// another cluster, an offset that it does not reach, or another record where the last one stood (protocols.md §3); it is
/// read from its beginning.
struct TopicContinuation {
  /// What is expected of the first record of a partition: the one read last.
  private var expected: [Int32: PartitionPosition] = [:]
  private(set) var starts: [Int32: Int64] = [:]
  /// Partitions of a new topic.
  private(set) var renewed: Set<Int32> = []

  init(clusterID: String, bounds: [Int32: KafkaWatermarks], positions: [PartitionPosition]) {
    let known = Dictionary(positions.map { ($0.partition, $0) }) { first, _ in first }
    for (partition, bounds) in bounds {
      guard let position = known[partition] else {
        starts[partition] = bounds.low
        continue
      }
      guard position.clusterID == clusterID, bounds.low <= position.nextOffset, position.nextOffset <= bounds.high
      else {
        starts[partition] = bounds.low
        renewed.insert(partition)
        continue
      }
      // The last record is read again, to be compared; that it was compacted away says nothing.
      starts[partition] = max(bounds.low, position.nextOffset - 1)
      expected[partition] = position
    }
  }

  /// False when the record shows that its partition is a new one.
  mutating func fits(_ record: KafkaRecord) -> Bool {
    guard let position = expected.removeValue(forKey: record.partition), record.offset < position.nextOffset else {
      return true
    }
    return record.offset == position.nextOffset - 1 && record.keyText ?? "" == position.lastKey
      && record.timestamp == position.lastTimestamp
  }
}
