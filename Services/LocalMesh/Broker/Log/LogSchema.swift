import SQLite

/// The tables of the log, in a SQLite file of its own: its transactions must not wait for another writer's.
enum LogSchema {
  /// FULL has each commit on the disk before it is acknowledged. Deleted records need not be overwritten.
  static let pragmas = ["journal_mode = WAL", "synchronous = FULL", "secure_delete = OFF", "cache_size = -16384"]

  /// A record's place is one integer, so that a partition lies in one stretch of the table in the order of its offsets.
  static let tables = """
    CREATE TABLE IF NOT EXISTS identity (cluster_id TEXT NOT NULL, next_producer INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS topics (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, is_compacted INTEGER NOT NULL, retention INTEGER,
      tombstone_retention INTEGER NOT NULL, maximum_batch_size INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS partitions (
      id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, number INTEGER NOT NULL, start_offset INTEGER NOT NULL,
      end_offset INTEGER NOT NULL, UNIQUE (topic, number)) STRICT;
    CREATE TABLE IF NOT EXISTS records (
      place INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS newest (
      partition INTEGER NOT NULL, key BLOB NOT NULL, place INTEGER NOT NULL, deleted_at INTEGER,
      PRIMARY KEY (partition, key)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS tombstones ON newest (partition, deleted_at) WHERE deleted_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS sequences (
      partition INTEGER NOT NULL, producer INTEGER NOT NULL, epoch INTEGER NOT NULL, batches BLOB NOT NULL,
      used_at INTEGER NOT NULL, PRIMARY KEY (partition, producer)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS group_offsets (
      group_id TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
      metadata TEXT, PRIMARY KEY (group_id, topic, partition)) STRICT, WITHOUT ROWID;
    """

  /// 2⁴⁰ offsets in a partition, 2²³ partitions.
  static let offsetBits: Int64 = 40
  static func place(_ partition: Int64, _ offset: Int64) -> Int64 { partition << offsetBits | offset }
  static func offset(_ place: Int64) -> Int64 { place & ((1 << offsetBits) - 1) }
}
