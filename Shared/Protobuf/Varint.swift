/// Integers of variable length, seven bits an octet, the lowest first.
enum Varint {
  /// The integer that begins at `start`; nil when the bytes end within it.
  static func decode(_ bytes: Span<UInt8>, at start: Int) throws(ProtobufError) -> (value: UInt64, length: Int)? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var i = start
    while i < bytes.count {
      let byte = bytes[unchecked: i]
      i += 1
      guard shift < 63 || byte <= 1 else { throw .badVarint }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return (value, i - start) }
      shift += 7
    }
    return nil
  }

  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

}
