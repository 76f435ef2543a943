/// A universally unique identifier (RFC 9562): 128 bits, ordered as its text is.
public struct UUID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first eight octets.
  public let high: UInt64
  /// The last eight octets.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads `0195c2f1-7c3e-7a10-8f3e-0123456789ab`; capitals are taken too, braces and `urn:uuid:` are not.
  public init?(_ text: some StringProtocol) {
    let characters = Array(text.utf8)
    guard characters.count == 36 else { return nil }
    var value: UInt128 = 0
    for (i, character) in characters.enumerated() {
      if i == 8 || i == 13 || i == 18 || i == 23 {
        guard character == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt8
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt128(digit)
    }
    high = UInt64(truncatingIfNeeded: value >> 64)
    low = UInt64(truncatingIfNeeded: value)
  }

  /// The text form, in small letters.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      var i = 0
      for word in [high, low] {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
          if i == 8 || i == 13 || i == 18 || i == 23 {
            text[i] = UInt8(ascii: "-")
            i += 1
          }
          let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
          text[i] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
          i += 1
        }
      }
      return 36
    }
  }

  /// The 16 octets in network order.
  public var bytes: [UInt8] {
    [high, low].flatMap { word in
      stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  public var version: Int { Int(high >> 12 & 15) }

  public static func < (a: UUID, b: UUID) -> Bool { (a.high, a.low) < (b.high, b.low) }

  /// Random (version 4).
  public static func random(using generator: inout some RandomNumberGenerator) -> UUID {
    UUID(high: generator.next(), low: generator.next(), version: 4)
  }

  public static func random() -> UUID {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// From a name within a namespace (version 5): the same for the same two, always.
  public static func named(_ name: [UInt8], in namespace: UUID) -> UUID {
    let digest = Digest.sha1(namespace.bytes + name)
    func word(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
    return UUID(high: word(digest[0..<8]), low: word(digest[8..<16]), version: 5)
  }

  public static func named(_ name: String, in namespace: UUID) -> UUID { named(Array(name.utf8), in: namespace) }

  /// Sets version and variant (RFC 9562 §4).
  init(high: UInt64, low: UInt64, version: UInt64) {
    self.high = high & ~0xF000 | version << 12
    self.low = low & ~(3 << 62) | 2 << 62
  }
}
