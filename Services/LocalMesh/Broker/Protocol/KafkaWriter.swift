/// Writes the primitive types of the Kafka protocol (<https://kafka.apache.org/protocol#protocol_types>), big-endian.
struct KafkaWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func int8(_ value: Int8) { integer(value) }
  mutating func int16(_ value: Int16) { integer(value) }
  mutating func int32(_ value: Int32) { integer(value) }
  mutating func int64(_ value: Int64) { integer(value) }
  mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }
  mutating func error(_ code: KafkaErrorCode) { integer(code.rawValue) }

  /// Writes over what was written before, once it is known.
  mutating func patch<Value: FixedWidthInteger>(_ value: Value, at position: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: position, as: Value.self) }
  }

  mutating func unsignedVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A zigzag varint.
  mutating func varint(_ value: Int64) { unsignedVarint(Self.zigzag(value)) }

  /// The octets that ``varint(_:)`` takes.
  static func varintSize(_ value: Int64) -> Int {
    max(1, (UInt64.bitWidth - zigzag(value).leadingZeroBitCount + 6) / 7)
  }

  private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

  /// Longer than 32,767 octets of UTF-8 is cut: only names and messages for people are written so.
  mutating func string(_ value: String) {
    let text = value.utf8.prefix(Int(Int16.max))
    int16(Int16(text.count))
    bytes.append(contentsOf: text)
  }

  mutating func nullableString(_ value: String?) {
    if let value { string(value) } else { int16(-1) }
  }

  mutating func blob(_ value: some Collection<UInt8>) {
    int32(Int32(clamping: value.count))
    bytes.append(contentsOf: value)
  }

  /// Octets without a length.
  mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }
  mutating func raw(_ value: Span<UInt8>) { value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) } }

  mutating func array<Element>(_ elements: some Collection<Element>, _ write: (inout KafkaWriter, Element) -> Void) {
    int32(Int32(clamping: elements.count))
    for element in elements { write(&self, element) }
  }
}
