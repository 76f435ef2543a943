/// A request that does not follow the protocol: what was expected, and at which octet of it.
struct MalformedRequest: Error, Equatable, CustomStringConvertible {
  let expected: String
  let position: Int
  var description: String { "expected \(expected) at octet \(position)" }
}

/// Reads the primitive types of the Kafka protocol (<https://kafka.apache.org/protocol#protocol_types>), big-endian.
struct KafkaReader {
  let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// Reads a part of `bytes` alone.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - position }

  func malformed(_ expected: String) -> MalformedRequest { MalformedRequest(expected: expected, position: position) }

  private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(MalformedRequest) -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw malformed("\(size) octets of an integer") }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
    position += size
    return Value(bigEndian: value)
  }

  mutating func int8() throws(MalformedRequest) -> Int8 { try integer(Int8.self) }
  mutating func int16() throws(MalformedRequest) -> Int16 { try integer(Int16.self) }
  mutating func int32() throws(MalformedRequest) -> Int32 { try integer(Int32.self) }
  mutating func int64() throws(MalformedRequest) -> Int64 { try integer(Int64.self) }
  mutating func uint32() throws(MalformedRequest) -> UInt32 { try integer(UInt32.self) }
  mutating func bool() throws(MalformedRequest) -> Bool { try integer(UInt8.self) != 0 }

  /// At most ten octets, least significant group first.
  mutating func unsignedVarint() throws(MalformedRequest) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0 as UInt64, through: 63, by: 7) {
      let octet = try integer(UInt8.self)
      value |= UInt64(octet & 0x7f) << shift
      if octet & 0x80 == 0 { return value }
    }
    throw malformed("the end of a varint")
  }

  /// A zigzag varint.
  mutating func varint() throws(MalformedRequest) -> Int64 {
    let value = try unsignedVarint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The range of the next `count` octets; nil for a count of −1.
  mutating func range(count: Int) throws(MalformedRequest) -> Range<Int>? {
    if count == -1 { return nil }
    guard count >= 0, count <= remaining else {
      throw malformed("a length within the \(remaining) octets left, not \(count)")
    }
    defer { position += count }
    return position..<position + count
  }

  mutating func nullableString() throws(MalformedRequest) -> String? {
    guard let range = try range(count: Int(int16())) else { return nil }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  mutating func string() throws(MalformedRequest) -> String {
    guard let value = try nullableString() else { throw malformed("a string, not null") }
    return value
  }

  mutating func nullableBytes() throws(MalformedRequest) -> Range<Int>? { try range(count: Int(int32())) }

  /// A string or blob with its length as an unsigned varint plus one.
  mutating func compactRange() throws(MalformedRequest) -> Range<Int>? {
    try range(count: Int(clamping: unsignedVarint()) - 1)
  }

  /// nil for a null array. Each element takes an octet at least, which bounds the count.
  mutating func nullableArray<Element>(
    _ element: (inout KafkaReader) throws(MalformedRequest) -> Element
  ) throws(MalformedRequest) -> [Element]? {
    let count = Int(try int32())
    if count == -1 { return nil }
    guard count >= 0, count <= remaining else { throw malformed("an array within the request, not of \(count)") }
    var elements: [Element] = []
    elements.reserveCapacity(min(count, 1_024))
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }

  mutating func array<Element>(
    _ element: (inout KafkaReader) throws(MalformedRequest) -> Element
  ) throws(MalformedRequest) -> [Element] {
    guard let elements = try nullableArray(element) else { throw malformed("an array, not null") }
    return elements
  }

  /// Passes over the tagged fields that end each structure of a flexible version (KIP-482).
  mutating func skipTaggedFields() throws(MalformedRequest) {
    for _ in 0..<(try unsignedVarint()) {
      _ = try unsignedVarint()
      _ = try range(count: Int(clamping: unsignedVarint()))
    }
  }
}
