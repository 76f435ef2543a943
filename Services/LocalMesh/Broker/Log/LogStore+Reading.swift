import SQLite

extension LogStore {
  /// Hands records from `offset` on to `body`, oldest first, until it returns false.
  func forEachRecord(
    of partition: Partition, from offset: Int64,
    _ body: (_ offset: Int64, _ timestamp: Int64, _ body: Span<UInt8>) throws -> Bool
  ) throws {
    guard partition.start <= offset, offset <= partition.end else { throw BrokerError.offsetOutOfRange }
    guard offset < partition.end else { return }
    let select = try connection.statement(
      "SELECT place, timestamp, body FROM records WHERE place >= ? AND place < ? ORDER BY place")
    try select.bind(LogSchema.place(partition.id, offset), at: 1)
    try select.bind(LogSchema.place(partition.id, partition.end), at: 2)
    try select.forEachRow { try body(LogSchema.offset($0.int(0)), $0.int(1), $0.span(2)) }
  }

  /// A batch of records from `offset` on, as a fetch answers it; empty at the end.
  func batch(of partition: Partition, from offset: Int64, maxBytes: Int, atLeastOne: Bool) throws -> [UInt8] {
    var writer = RecordBatchWriter()
    try forEachRecord(of: partition, from: offset) { offset, timestamp, body in
      let isFirst = writer.count == 0
      guard isFirst && atLeastOne || writer.size + body.count + 32 <= maxBytes else { return false }
      writer.append(offset: offset, timestamp: timestamp, body: body)
      return true
    }
    return writer.finish()
  }

  /// The first record at or after a time.
  func firstRecord(
    of partition: Partition, notBefore timestamp: Int64
  ) throws -> (offset: Int64, timestamp: Int64)? {
    try connection.first(
      "SELECT place, timestamp FROM records WHERE place >= ? AND place < ? AND timestamp >= ? ORDER BY place LIMIT 1",
      .int(LogSchema.place(partition.id, partition.start)), .int(LogSchema.place(partition.id, partition.end)),
      .int(timestamp)
    ) { (LogSchema.offset($0.int(0)), $0.int(1)) }
  }
}
