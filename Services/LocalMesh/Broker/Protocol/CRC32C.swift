/// The Castagnoli checksum of record batches (RFC 3720 §B.4), eight octets a step.
enum CRC32C {
  /// Table 0 is the usual one; table n is the effect of an octet n places further on.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? 0x82f6_3b78 ^ (value >> 1) : value >> 1 }
      tables[index] = value
    }
    for index in 256..<8 * 256 {
      let former = tables[index - 256]
      tables[index] = tables[Int(former & 0xff)] ^ (former >> 8)
    }
    return tables
  }()

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc = ~(0 as UInt32)
      var index = 0
      while index + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
        var next: UInt32 = 0
        for place in 0..<8 {
          next ^= tables[(7 - place) * 256 + Int(truncatingIfNeeded: (word >> UInt64(8 * place)) & 0xff)]
        }
        crc = next
        index += 8
      }
      while index < bytes.count {
        crc = tables[Int((crc ^ UInt32(bytes[index])) & 0xff)] ^ (crc >> 8)
        index += 1
      }
      return ~crc
    }
  }
}
