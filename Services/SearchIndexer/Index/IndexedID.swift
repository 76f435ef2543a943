/// The 16 octets of a UUID. Their order is that of its text in lowercase.
struct IndexedID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads `0190b5f0-9d3a-7c4e-8a51-2f6d3c1b4e5a`, in either case.
  init?(_ text: String) {
    var (high, low): (UInt64, UInt64) = (0, 0)
    var index = 0
    for byte in text.utf8 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        let lowercase = byte | 0x20
        let digit: UInt8
        if byte &- 0x30 < 10 {
          digit = byte - 0x30
        } else if lowercase &- 0x61 < 6 {
          digit = lowercase - 0x61 + 10
        } else {
          return nil
        }
        if index < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
      }
      index += 1
    }
    guard index == 36 else { return nil }
    self.init(high: high, low: low)
  }

  /// Nil unless there are 16 octets.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }, low: bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
  }

  var bytes: [UInt8] {
    (0..<16).map { index in UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - index % 8 * 8)) }
  }

  static func < (a: IndexedID, b: IndexedID) -> Bool { (a.high, a.low) < (b.high, b.low) }

  var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
