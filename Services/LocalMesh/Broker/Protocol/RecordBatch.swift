// Record batches of format v2 (<https://kafka.apache.org/documentation/#recordbatch>).

/// An idempotent producer's name for a batch (KIP-98).
struct BatchSequence: Sendable, Equatable {
  var producer: Int64
  var epoch: Int16
  /// The number of the batch's first record, counted per producer and partition; it wraps after 2³¹ − 1.
  var first: Int32
  var count: Int32

  var last: Int32 { Self.number(first, plus: count - 1) }
  /// The number of the first record after this batch.
  var next: Int32 { Self.number(first, plus: count) }

  static func number(_ number: Int32, plus count: Int32) -> Int32 {
    Int32(truncatingIfNeeded: (Int64(number) + Int64(count)) & 0x7fff_ffff)
  }
}

/// What a producer sent for one partition.
struct ProducedBatch {
  var entries: [LogEntry]
  /// nil from a producer that is not idempotent.
  var sequence: BatchSequence?
  var size: Int
}

/// Why a batch is refused.
struct RefusedBatch: Error, Equatable {
  let code: KafkaErrorCode
  let reason: String
}

enum RecordBatch {
  /// Octets from the base offset to the count of records.
  static let headerSize = 61
  private static let lengthEnd = 12

  /// Reads the one batch that a produce request holds for a partition.
  static func decode(_ bytes: [UInt8], in range: Range<Int>) throws(RefusedBatch) -> ProducedBatch {
    let decoded: Result<ProducedBatch, RefusedBatch>
    do throws(MalformedRequest) {
      decoded = try decodeWhole(bytes, range)
    } catch {
      throw RefusedBatch(code: .corruptMessage, reason: error.description)
    }
    return try decoded.get()
  }

  private static func decodeWhole(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(MalformedRequest) -> Result<ProducedBatch, RefusedBatch> {
    func refuse(_ code: KafkaErrorCode, _ reason: String) -> Result<ProducedBatch, RefusedBatch> {
      .failure(RefusedBatch(code: code, reason: reason))
    }
    var reader = KafkaReader(bytes, in: range)
    _ = try reader.int64()  // base offset: ours to give
    let length = try reader.int32()
    _ = try reader.int32()  // partition leader epoch
    guard try reader.int8() == 2 else {
      return refuse(.unsupportedForMessageFormat, "records of a format older than v2")
    }
    guard Int(length) == range.count - lengthEnd else {
      return refuse(.invalidRecord, "one batch a partition and request, of the length that it says")
    }
    let crc = try reader.uint32()
    let sum = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[range][reader.position...])) }
    guard crc == sum else { return refuse(.corruptMessage, "the checksum does not fit") }
    let attributes = try reader.int16()
    if let name = compressionName(attributes) {
      return refuse(.unsupportedCompressionType, "compression \(name): this broker takes none")
    }
    guard attributes & 0x30 == 0 else { return refuse(.invalidRecord, "transactions: this broker has none") }
    _ = try reader.int32()  // last offset delta
    let baseTimestamp = try reader.int64()
    _ = try reader.int64()  // highest timestamp
    let producer = try reader.int64()
    let epoch = try reader.int16()
    let first = try reader.int32()
    let count = try reader.int32()
    guard count > 0, Int(count) <= reader.remaining else { return refuse(.invalidRecord, "a batch without records") }
    var entries: [LogEntry] = []
    entries.reserveCapacity(Int(count))
    for _ in 0..<count { entries.append(try LogEntry(&reader, baseTimestamp: baseTimestamp)) }
    guard reader.remaining == 0 else { throw reader.malformed("the end of the batch") }
    let sequence = producer >= 0 ? BatchSequence(producer: producer, epoch: epoch, first: first, count: count) : nil
    return .success(ProducedBatch(entries: entries, sequence: sequence, size: range.count))
  }

  private static func compressionName(_ attributes: Int16) -> String? {
    switch attributes & 7 {
    case 0: nil
    case 1: "gzip"
    case 2: "snappy"
    case 3: "lz4"
    case 4: "zstd"
    default: "unknown"
    }
  }
}

/// Collects records of one partition into a batch, oldest first.
struct RecordBatchWriter {
  private var writer: KafkaWriter
  private var firstOffset: Int64 = 0
  private var lastOffset: Int64 = 0
  private var firstTimestamp: Int64 = 0
  private var highestTimestamp: Int64 = 0
  private(set) var count: Int32 = 0

  private static let emptyHeader = [UInt8](repeating: 0, count: RecordBatch.headerSize)

  /// Takes no memory before the first record: most of the partitions that a fetch names have none.
  init() { writer = KafkaWriter(capacity: 0) }

  /// The size with what is in it so far.
  var size: Int { writer.bytes.count }

  mutating func append(offset: Int64, timestamp: Int64, body: Span<UInt8>) {
    if count == 0 {
      writer.raw(Self.emptyHeader.span)
      firstOffset = offset
      firstTimestamp = timestamp
      highestTimestamp = timestamp
    }
    lastOffset = offset
    highestTimestamp = max(highestTimestamp, timestamp)
    count += 1
    let offsetDelta = offset - firstOffset
    let timestampDelta = timestamp &- firstTimestamp
    let size = 1 + KafkaWriter.varintSize(timestampDelta) + KafkaWriter.varintSize(offsetDelta) + body.count
    writer.varint(Int64(size))
    writer.int8(0)
    writer.varint(timestampDelta)
    writer.varint(offsetDelta)
    writer.raw(body)
  }

  /// The batch; empty when it has no record.
  mutating func finish() -> [UInt8] {
    guard count > 0 else { return [] }
    writer.patch(firstOffset, at: 0)
    writer.patch(Int32(clamping: writer.bytes.count - 12), at: 8)
    writer.patch(0 as Int32, at: 12)  // leader epoch
    writer.patch(2 as Int8, at: 16)
    writer.patch(0 as Int16, at: 21)  // attributes: no compression, the producer's time
    writer.patch(Int32(clamping: lastOffset - firstOffset), at: 23)
    writer.patch(firstTimestamp, at: 27)
    writer.patch(highestTimestamp, at: 35)
    writer.patch(-1 as Int64, at: 43)  // producer
    writer.patch(-1 as Int16, at: 51)
    writer.patch(-1 as Int32, at: 53)
    writer.patch(count, at: 57)
    let sum = writer.bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    writer.patch(sum, at: 17)
    return writer.bytes
  }
}
