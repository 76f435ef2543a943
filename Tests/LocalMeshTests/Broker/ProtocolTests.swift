import Testing

@testable import LocalMesh

@Suite struct ProtocolTests {
  @Test(
    arguments: [
      ("", 0), ("123456789", 0xe306_9283), ("The quick brown fox jumps over the lazy dog", 0x2262_0404),
    ] as [(String, UInt32)])
  func checksumsAreThoseOfCastagnoli(text: String, sum: UInt32) {
    // The check values of RFC 3720 and of the catalogue of parametrised CRC algorithms.
    #expect(Array(text.utf8).withUnsafeBytes { CRC32C.checksum($0) } == sum)
  }

  @Test(arguments: [0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, 1 << 31, Int64.max, .min])
  func varintsComeBack(value: Int64) throws {
    var writer = KafkaWriter()
    writer.varint(value)
    #expect(writer.bytes.count == KafkaWriter.varintSize(value))
    var reader = KafkaReader(writer.bytes)
    #expect(try reader.varint() == value)
    #expect(reader.remaining == 0)
  }

  private let records = [
    BrokerRecord(timestamp: 1_700_000_000_000, key: [1, 2], value: [3]),
    BrokerRecord(
      timestamp: 1_699_999_999_000, key: nil, value: nil, headers: [BrokerHeader("a", [9]), BrokerHeader("b", nil)]),
    BrokerRecord(timestamp: 1_700_000_000_500, key: [], value: [UInt8](repeating: 7, count: 10_000)),
  ]

  private func batch() -> [UInt8] {
    var writer = RecordBatchWriter()
    for (offset, record) in zip([100, 101, 250] as [Int64], records) {
      let entry = LogEntry(record)
      writer.append(offset: offset, timestamp: entry.timestamp, body: entry.body.span)
    }
    return writer.finish()
  }

  @Test func aBatchComesBack() throws {
    let bytes = batch()
    let batch = try RecordBatch.decode(bytes, in: 0..<bytes.count)
    #expect(try batch.entries.map { try BrokerRecord(timestamp: $0.timestamp, body: $0.body) } == records)
    #expect(batch.entries.map { $0.key.map { Array($0) } } == [[1, 2], nil, []])
    #expect(batch.entries.map(\.isTombstone) == [false, true, false])
    #expect(batch.entries == records.map { LogEntry($0) })
    #expect(batch.sequence == nil)
  }

  @Test func everyChangedOctetOfABatchIsNoticedOrHarmless() throws {
    let bytes = batch()
    for index in 16..<200 {
      var changed = bytes
      changed[index] ^= 0x5a
      #expect(throws: RefusedBatch.self, "octet \(index)") { try RecordBatch.decode(changed, in: 0..<changed.count) }
    }
  }

  @Test func everyCutBatchIsRefused() throws {
    let bytes = batch()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: RefusedBatch.self) { try RecordBatch.decode(bytes, in: 0..<count) }
    }
  }

  @Test(arguments: [(1, "gzip"), (2, "snappy"), (3, "lz4"), (4, "zstd")] as [(Int16, String)])
  func compressionIsRefusedByName(code: Int16, name: String) throws {
    let bytes = batch().markedAsCompressed(code)
    let error = try #require(throws: RefusedBatch.self) { try RecordBatch.decode(bytes, in: 0..<bytes.count) }
    #expect(error.code == .unsupportedCompressionType)
    #expect(error.reason.contains(name))
  }

  @Test func countsBeyondTheRequestAreRefused() {
    var reader = KafkaReader([0x7f, 0xff, 0xff, 0xff, 0])
    #expect(throws: MalformedRequest.self) { try reader.array { reader throws(MalformedRequest) in try reader.int8() } }
    var string = KafkaReader([0x7f, 0xff, 65])
    #expect(throws: MalformedRequest.self) { try string.string() }
    var endless = KafkaReader([UInt8](repeating: 0xff, count: 20))
    #expect(throws: MalformedRequest.self) { try endless.unsignedVarint() }
  }
}

extension [UInt8] {
  /// A batch whose attributes name a compression, with the checksum that fits.
  func markedAsCompressed(_ code: Int16) -> [UInt8] {
    var bytes = self
    bytes[22] = UInt8(code)
    let sum = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[21...])) }
    for place in 0..<4 { bytes[17 + place] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * place)) }
    return bytes
  }
}
