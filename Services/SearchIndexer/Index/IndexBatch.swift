import Recurrence

/// Records of one partition, in the order of their offsets, and where reading goes on after them.
struct IndexBatch: Sendable {
  enum Record: Sendable {
    case task(IndexedTask)
    /// The tombstone of a task whose state is gone.
    case purged(IndexedID)
    /// A consistency token of its own, and its offset.
    case marker(IndexedID, offset: Int64)
  }

  var records: [Record]
  var position: PartitionPosition
}

/// How far a partition has been read. The record last read tells a topic that was made anew from the one that was read.
struct PartitionPosition: Sendable, Equatable {
  var partition: Int32
  /// Of the Kafka cluster.
  var clusterID: String
  /// The offset to read next.
  var nextOffset: Int64
  /// The key of the record last read.
  var lastKey: String
  /// The task's version in that record; 0 when it was no task.
  var lastVersion: Int64
  /// That record's timestamp, milliseconds since the epoch.
  var lastTimestamp: Int64

  /// Where a partition is read that nothing has been read of.
  static func beginning(_ partition: Int32, at offset: Int64, clusterID: String) -> PartitionPosition {
    PartitionPosition(
      partition: partition, clusterID: clusterID, nextOffset: offset, lastKey: "", lastVersion: 0, lastTimestamp: 0)
  }
}

/// What became of a batch's records.
struct IndexBatchOutcome: Sendable, Equatable {
  /// Rows made or changed.
  var written = 0
  /// Rows that went away.
  var purged = 0
  /// Versions that the index had already, or higher ones, or that were purged.
  var ignored = 0
  /// Tasks under another owner than the row has, which never happens unless someone forges events.
  var refused: [IndexedID] = []
}
