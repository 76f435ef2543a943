/// Percent-encoding of paths and queries (RFC 3986 §2.1).
public enum PercentEncoding {
  /// nil when an escape is broken or the octets are not UTF-8. `plusIsBlank` for queries, as HTML forms send them.
  public static func decode(_ text: Substring, plusIsBlank: Bool = false) -> String? {
    let source = text.utf8
    guard source.contains(where: { $0 == UInt8(ascii: "%") || ($0 == UInt8(ascii: "+") && plusIsBlank) }) else {
      return String(text)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count)
    var index = source.startIndex
    while index < source.endIndex {
      let octet = source[index]
      source.formIndex(after: &index)
      if octet == UInt8(ascii: "%") {
        guard let high = hexDigit(source, &index), let low = hexDigit(source, &index) else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(octet == UInt8(ascii: "+") && plusIsBlank ? UInt8(ascii: " ") : octet)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Escapes all but unreserved characters, so that the result stands anywhere in a path or query.
  public static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for octet in text.utf8 {
      switch octet {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(octet)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The pairs of a query, decoded; nil when an escape is broken.
  public static func pairs(_ query: Substring) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsBlank: true),
        let value = decode(parts.count == 2 ? parts[1] : "", plusIsBlank: true)
      else { return nil }
      pairs.append((name, value))
    }
    return pairs
  }

  private static func hexDigit(_ source: Substring.UTF8View, _ index: inout Substring.UTF8View.Index) -> UInt8? {
    guard index < source.endIndex else { return nil }
    let octet = source[index]
    source.formIndex(after: &index)
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return octet - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return octet - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return octet - UInt8(ascii: "A") + 10
    default: return nil
    }
  }
}
