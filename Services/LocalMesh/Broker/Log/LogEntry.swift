/// A record in the form in which it is kept: all of it from its key on, as record format v2 has it
/// (<https://kafka.apache.org/documentation/#record>). So a fetch copies it without looking inside.
struct LogEntry: Sendable, Equatable {
  var timestamp: Int64
  var body: [UInt8]
  /// Where in `body` the key lies; nil for none.
  private var keyRange: Range<Int>?
  var isTombstone: Bool

  var key: ArraySlice<UInt8>? { keyRange.map { body[$0] } }

  /// Encodes a record.
  init(_ record: BrokerRecord) {
    var writer = KafkaWriter(capacity: (record.key?.count ?? 0) + (record.value?.count ?? 0) + 16)
    func blob(_ bytes: [UInt8]?) {
      guard let bytes else { return writer.varint(-1) }
      writer.varint(Int64(bytes.count))
      writer.raw(bytes)
    }
    blob(record.key)
    keyRange = record.key.map { writer.bytes.count - $0.count..<writer.bytes.count }
    blob(record.value)
    writer.varint(Int64(record.headers.count))
    for header in record.headers {
      blob(Array(header.name.utf8))
      blob(header.value)
    }
    body = writer.bytes
    timestamp = record.timestamp
    isTombstone = record.value == nil
  }

  /// Reads and checks one record of a batch.
  init(_ reader: inout KafkaReader, baseTimestamp: Int64) throws(MalformedRequest) {
    guard let range = try reader.range(count: Int(reader.varint())) else { throw reader.malformed("a record") }
    var record = KafkaReader(reader.bytes, in: range)
    _ = try record.int8()
    timestamp = baseTimestamp &+ (try record.varint())
    _ = try record.varint()  // offset delta: ours to give
    let start = record.position
    let parts = try RecordParts(&record)
    guard record.remaining == 0 else { throw record.malformed("the end of a record") }
    body = Array(reader.bytes[start..<range.upperBound])
    keyRange = parts.key.map { $0.lowerBound - start..<$0.upperBound - start }
    isTombstone = parts.value == nil
  }
}

/// Where the parts of a record's body lie.
private struct RecordParts {
  let key: Range<Int>?
  let value: Range<Int>?
  let headers: [(name: Range<Int>, value: Range<Int>?)]

  init(_ reader: inout KafkaReader) throws(MalformedRequest) {
    key = try reader.range(count: Int(reader.varint()))
    value = try reader.range(count: Int(reader.varint()))
    let count = try reader.varint()
    guard count >= 0, count <= Int64(reader.remaining) else { throw reader.malformed("a number of headers") }
    var headers: [(Range<Int>, Range<Int>?)] = []
    for _ in 0..<count {
      guard let name = try reader.range(count: Int(reader.varint())) else { throw reader.malformed("a header's name") }
      headers.append((name, try reader.range(count: Int(reader.varint()))))
    }
    self.headers = headers
  }
}

extension BrokerRecord {
  /// Reads a body that was written as a ``LogEntry``.
  init(timestamp: Int64, body: [UInt8]) throws(MalformedRequest) {
    var reader = KafkaReader(body)
    let parts = try RecordParts(&reader)
    self.init(
      timestamp: timestamp, key: parts.key.map { Array(body[$0]) }, value: parts.value.map { Array(body[$0]) },
      headers: parts.headers.map {
        BrokerHeader(String(decoding: body[$0.name], as: UTF8.self), $0.value.map { Array(body[$0]) })
      })
  }
}
