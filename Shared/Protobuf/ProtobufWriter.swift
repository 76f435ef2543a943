/// Writes the fields of a message in the Protocol Buffers wire format.
///
/// A plain field at its default (0, false, empty) is not written, as proto3 has it. Fields declared `optional` and
/// members of a `oneof` use the variants with `present:`, which write any value but nil.
public struct ProtobufWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// - Parameter capacity: octets to make room for at once.
  public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  public mutating func uint(_ field: Int, _ value: UInt64) {
    if value != 0 { uint(field, present: value) }
  }

  public mutating func uint(_ field: Int, present value: UInt64?) {
    guard let value else { return }
    tag(field, 0)
    Varint.append(value, to: &bytes)
  }

  /// An `int64`, an `int32` or an enum.
  public mutating func int(_ field: Int, _ value: Int) {
    if value != 0 { int(field, present: value) }
  }

  public mutating func int(_ field: Int, present value: Int?) {
    uint(field, present: value.map { UInt64(bitPattern: Int64($0)) })
  }

  public mutating func bool(_ field: Int, _ value: Bool) { uint(field, value ? 1 : 0) }

  public mutating func bool(_ field: Int, present value: Bool?) { uint(field, present: value.map { $0 ? 1 : 0 }) }

  public mutating func double(_ field: Int, _ value: Double) {
    if value.bitPattern != 0 { double(field, present: value) }
  }

  public mutating func double(_ field: Int, present value: Double?) {
    guard let value else { return }
    tag(field, 1)
    var bits = value.bitPattern
    for _ in 0..<8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
    }
  }

  public mutating func string(_ field: Int, _ value: String) {
    if !value.isEmpty { string(field, present: value) }
  }

  public mutating func string(_ field: Int, present value: String?) {
    guard let value else { return }
    let text = value.utf8Span.span
    tag(field, 2)
    Varint.append(UInt64(text.count), to: &bytes)
    unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  public mutating func strings(_ field: Int, _ values: [String]) {
    for value in values { string(field, present: value) }
  }

  public mutating func bytes(_ field: Int, _ value: [UInt8]) {
    if !value.isEmpty { bytes(field, present: value) }
  }

  public mutating func bytes(_ field: Int, present value: [UInt8]?) {
    guard let value else { return }
    tag(field, 2)
    Varint.append(UInt64(value.count), to: &bytes)
    bytes.append(contentsOf: value)
  }

  /// A repeated `bytes` field.
  public mutating func byteStrings(_ field: Int, _ values: [[UInt8]]) {
    for value in values { bytes(field, present: value) }
  }

  /// A repeated `int64`, packed.
  public mutating func ints(_ field: Int, _ values: [Int]) {
    guard !values.isEmpty else { return }
    tag(field, 2)
    lengthPrefixed { writer in
      for value in values { Varint.append(UInt64(bitPattern: Int64(value)), to: &writer.bytes) }
    }
  }

  public mutating func message<M: ProtobufMessage>(_ field: Int, _ value: M?) {
    guard let value else { return }
    tag(field, 2)
    lengthPrefixed(value.write)
  }

  public mutating func messages<M: ProtobufMessage>(_ field: Int, _ values: [M]) {
    for value in values { message(field, value) }
  }

  private mutating func tag(_ field: Int, _ wireType: UInt64) {
    Varint.append(UInt64(field) << 3 | wireType, to: &bytes)
  }

  /// Writes the body first and its length before it: one octet is kept free, and a longer length moves the body.
  mutating func lengthPrefixed(_ body: (inout ProtobufWriter) -> Void) {
    let start = bytes.count
    bytes.append(0)
    body(&self)
    let length = bytes.count - start - 1
    if length < 0x80 {
      bytes[start] = UInt8(length)
    } else {
      var prefix: [UInt8] = []
      Varint.append(UInt64(length), to: &prefix)
      bytes.replaceSubrange(start...start, with: prefix)
    }
  }
}
