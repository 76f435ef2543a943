extension JSONReader {
  /// The octets between the quotes of a string that has been checked.
  struct StringRange {
    var lower: Int
    var upper: Int
    var hasEscapes: Bool
  }

  /// Passes over a string at whose opening quote the reader stands, checking characters and escapes.
  @_lifetime(self: copy self)
  mutating func scanString() throws(JSONError) -> StringRange {
    position += 1
    var range = StringRange(lower: position, upper: position, hasEscapes: false)
    while position < bytes.count {
      switch bytes[unchecked: position] {
      case UInt8(ascii: "\""):
        range.upper = position
        position += 1
        return range
      case UInt8(ascii: "\\"):
        range.hasEscapes = true
        try scanEscape()
      case 0..<0x20:
        throw syntax("A control character stands unescaped in a string")
      default:
        position += 1
      }
    }
    throw syntax("A string does not end")
  }

  @_lifetime(self: copy self)
  private mutating func scanEscape() throws(JSONError) {
    guard position + 1 < bytes.count else { throw syntax("A string does not end") }
    switch bytes[unchecked: position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal(at: position + 2) else { throw syntax("\\u needs four hexadecimal digits") }
      guard unit >> 11 == 0x1B else {  // not a surrogate
        position += 6
        return
      }
      guard unit < 0xDC00, position + 7 < bytes.count, bytes[position + 6] == UInt8(ascii: "\\"),
        bytes[position + 7] == UInt8(ascii: "u"), let low = hexadecimal(at: position + 8), low >> 10 == 0x37
      else { throw syntax("Half a surrogate pair is no character") }
      position += 12
    default:
      throw syntax("No escape is written like this")
    }
  }

  private func hexadecimal(at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for i in start..<start + 4 {
      let digit: UInt8
      switch bytes[unchecked: i] {
      case let c where c >= UInt8(ascii: "0") && c <= UInt8(ascii: "9"): digit = c - UInt8(ascii: "0")
      case let c where c >= UInt8(ascii: "a") && c <= UInt8(ascii: "f"): digit = c - UInt8(ascii: "a") + 10
      case let c where c >= UInt8(ascii: "A") && c <= UInt8(ascii: "F"): digit = c - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The text of a string that ``scanString()`` has passed.
  func decode(_ range: StringRange) -> String {
    guard range.hasEscapes else {
      // The whole input was checked, and a quote never lies inside a character.
      return unsafe String(copying: UTF8Span(unchecked: bytes.extracting(range.lower..<range.upper)))
    }
    // No escape is shorter than the UTF-8 of what it stands for.
    return unsafe String(unsafeUninitializedCapacity: range.upper - range.lower) { buffer in
      var count = 0
      func put(_ byte: UInt8) {
        unsafe buffer[count] = byte
        count += 1
      }
      var i = range.lower
      while i < range.upper {
        guard bytes[unchecked: i] == UInt8(ascii: "\\") else {
          put(bytes[unchecked: i])
          i += 1
          continue
        }
        let (scalar, length) = escaped(at: i)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { put(byte) }
        i += length
      }
      return count
    }
  }

  /// The character of an escape that has been checked, and its length in the text.
  private func escaped(at i: Int) -> (Unicode.Scalar, length: Int) {
    switch bytes[unchecked: i + 1] {
    case UInt8(ascii: "b"): return ("\u{8}", 2)
    case UInt8(ascii: "f"): return ("\u{C}", 2)
    case UInt8(ascii: "n"): return ("\n", 2)
    case UInt8(ascii: "r"): return ("\r", 2)
    case UInt8(ascii: "t"): return ("\t", 2)
    case UInt8(ascii: "u"):
      let unit = hexadecimal(at: i + 2) ?? 0xFFFD
      if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
      let low = hexadecimal(at: i + 8) ?? 0xDC00
      return (Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}", 12)
    case let plain: return (Unicode.Scalar(plain), 2)
    }
  }
}
