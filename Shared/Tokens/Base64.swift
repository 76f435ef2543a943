/// Octets as text (RFC 4648). Decoding is strict: no white space, no missing or needless padding, no stray bits.
public struct Base64: Sendable {
  /// The alphabet of §4, with padding: what Dapr and HTTP use.
  public static let standard = Base64(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", isPadded: true)
  /// The alphabet of §5 for URLs and file names, without padding: what tokens use (RFC 7515 §2).
  public static let url = Base64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", isPadded: false)

  private static let invalid: UInt8 = 0xFF

  private let characters: [UInt8]
  private let values: [UInt8]
  private let isPadded: Bool

  private init(_ alphabet: String, isPadded: Bool) {
    characters = Array(alphabet.utf8)
    var values = Array(repeating: Self.invalid, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    self.values = values
    self.isPadded = isPadded
  }

  public func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.underestimatedCount + 2) / 3 * 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(characters[Int(bits >> UInt32(count)) & 63])
      }
    }
    if count > 0 { text.append(characters[Int(bits << UInt32(6 - count)) & 63]) }
    while isPadded && !text.count.isMultiple(of: 4) { text.append(UInt8(ascii: "=")) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The octets of a text, or nil where it is not what ``encode(_:)`` gives for any.
  public func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var rest = text[...]
    if isPadded {
      guard rest.count.isMultiple(of: 4) else { return nil }
      let padding = rest.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
      rest = rest.dropLast(padding)
    }
    guard rest.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rest.count * 3 / 4)
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for character in rest {
      let value = values[Int(character)]
      guard value != Self.invalid else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    guard bits & (1 << count - 1) == 0 else { return nil }
    return bytes
  }

  public func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }
}
