import SQLite

extension LogStore {
  /// The most records that one transaction drops, so that appends do not wait long.
  private static let recordsAtOnce: Int64 = 5_000
  /// How long an idle producer's sequences are kept (Kafka's `producer.id.expiration.ms`).
  private static let producerRetention: Int64 = 24 * 3_600_000

  /// Drops what is older than its topic keeps it, as of `now` (milliseconds since 1970). Returns whether more is left to drop.
  func expire(now: Int64) throws -> Bool {
    var isMoreLeft = false
    for topic in topics.values {
      for partition in topic.partitions {
        let dropped =
          topic.settings.isCompacted
          ? try dropTombstones(of: partition, notAfter: now - topic.settings.tombstoneRetention)
          : try dropOld(of: partition, before: topic.settings.retention.map { now - $0 })
        isMoreLeft = isMoreLeft || dropped
        for (producer, sequences) in partition.producers where sequences.usedAt < now - Self.producerRetention {
          partition.producers[producer] = nil
          try connection.run(
            "DELETE FROM sequences WHERE partition = ? AND producer = ?", .int(partition.id), .int(producer))
        }
      }
    }
    return isMoreLeft
  }

  /// Old records lie before younger ones: the partition then begins at the first that is young enough.
  private func dropOld(of partition: Partition, before oldest: Int64?) throws -> Bool {
    guard let oldest, partition.start < partition.end else { return false }
    let young = try firstRecord(of: partition, notBefore: oldest)?.offset ?? partition.end
    let start = min(young, partition.start + Self.recordsAtOnce)
    guard start > partition.start else { return false }
    try connection.run(
      "DELETE FROM records WHERE place >= ? AND place < ?", .int(LogSchema.place(partition.id, partition.start)),
      .int(LogSchema.place(partition.id, start)))
    try raiseStart(of: partition, to: start)
    return start < young
  }

  /// The last record of a partition stays, tombstone or not: a reader must be able to reach the end.
  private func dropTombstones(of partition: Partition, notAfter latest: Int64) throws -> Bool {
    let found = try connection.all(
      "SELECT key, place FROM newest WHERE partition = ? AND deleted_at <= ? AND place < ? LIMIT ?",
      .int(partition.id), .int(latest), .int(LogSchema.place(partition.id, partition.end - 1)), .int(Self.recordsAtOnce)
    ) { ($0.bytes(0), $0.int(1)) }
    for (key, place) in found {
      try connection.run("DELETE FROM records WHERE place = ?", .int(place))
      try connection.run("DELETE FROM newest WHERE partition = ? AND key = ?", .int(partition.id), .blob(key))
    }
    return found.count == Self.recordsAtOnce
  }
}
