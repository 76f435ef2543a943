/// What a fetch wants of a partition.
struct FetchPosition: Sendable, Hashable {
  var partition: TopicPartition
  var offset: Int64
  var maxBytes: Int
}

/// What a fetch gets of a partition.
struct FetchedPartition: Sendable {
  var partition: TopicPartition
  var start: Int64 = -1
  var end: Int64 = -1
  /// A record batch; empty when there is nothing at the offset yet.
  var batch: [UInt8] = []
  var error: BrokerError?
}

/// Which offset `ListOffsets` asks for.
enum OffsetQuery: Sendable {
  case earliest
  case end
  /// Of the first record that is not older (milliseconds since 1970, UTC).
  case notBefore(Int64)
}

// What the protocol needs beside `RecordLog`.
extension BrokerLog {
  /// Appends one batch a partition; each has an answer of its own.
  func append(_ batches: [(TopicPartition, ProducedBatch)], now: Int64) async throws -> [Result<Int64, BrokerError>] {
    try await write { store in
      try batches.map { partition, batch in
        do {
          return .success(try store.append(batch, to: partition, now: now))
        } catch let error as BrokerError {
          return .failure(error)
        }
      }
    }
  }

  /// Reads batches, at least one record if there is one. When they have fewer than `minBytes` and no partition fails,
  /// `signal` is fired at the next append to any of them.
  func fetch(
    _ positions: [FetchPosition], minBytes: Int, maxBytes: Int, signal: AppendSignal?
  ) -> (partitions: [FetchedPartition], isEnough: Bool) {
    var bytes = 0
    var hasFailure = false
    var ids: Set<Int64> = []
    let fetched = positions.map { position in
      var fetched = FetchedPartition(partition: position.partition)
      do throws(BrokerError) {
        try answeringStorageErrors {
          let partition = try store.partition(position.partition)
          ids.insert(partition.id)
          fetched.start = partition.start
          fetched.end = partition.end
          let room = min(position.maxBytes, maxBytes - bytes)
          guard room > 0 else { return }
          fetched.batch = try store.batch(
            of: partition, from: position.offset, maxBytes: room, atLeastOne: bytes == 0)
          bytes += fetched.batch.count
        }
      } catch {
        fetched.error = error
        hasFailure = true
      }
      return fetched
    }
    let isEnough = hasFailure || bytes >= minBytes
    if !isEnough, let signal { watch(ids, signal) }
    return (fetched, isEnough)
  }

  /// The offset asked for and, if a record lies there, its time; nil when no record is young enough.
  func offset(
    _ query: OffsetQuery, of name: TopicPartition
  ) throws(BrokerError) -> (offset: Int64, timestamp: Int64)? {
    let partition = try store.partition(name)
    switch query {
    case .earliest: return (partition.start, -1)
    case .end: return (partition.end, -1)
    case .notBefore(let time):
      return try answeringStorageErrors { try store.firstRecord(of: partition, notBefore: time) }
    }
  }

  func groupOffsets(_ group: String) throws(BrokerError) -> [TopicPartition: GroupOffset] {
    try answeringStorageErrors { try store.groupOffsets(group) }
  }

  /// An id that no producer had before.
  func newProducerID() async throws -> Int64 { try await write { try $0.nextProducerID() } }
}
