extension JSONReader {
  /// A number that is an integer by its value: `2`, `2.0` and `20e-1` alike.
  /// - Throws: `wrongKind` for any other value, `outOfRange` where it is an integer beyond 64 bits.
  @_lifetime(self: copy self)
  public mutating func int() throws(JSONError) -> Int {
    try require(.number, "An integer is expected")
    let start = position
    let range = try scanNumber()
    if let value = JSONNumber.plainInteger(bytes.extracting(range)) { return value }
    position = start
    guard let decimal = JSONNumber.decimal(bytes.extracting(range)) else {
      throw JSONError(.outOfRange, offset: start, reason: "The number is beyond 64 bits")
    }
    guard decimal.isInteger else { throw JSONError(.wrongKind, offset: start, reason: "An integer is expected") }
    guard let value = decimal.integer else {
      throw JSONError(.outOfRange, offset: start, reason: "The integer is beyond 64 bits")
    }
    position = range.upperBound
    return value
  }

  /// The nearest `Double` of a number.
  /// - Throws: `wrongKind` for any other value, `outOfRange` beyond about 1.8e308.
  @_lifetime(self: copy self)
  public mutating func double() throws(JSONError) -> Double {
    try require(.number, "A number is expected")
    let start = position
    let text = try numberText()
    guard let value = Double(text), value.isFinite else {
      position = start
      throw JSONError(.outOfRange, offset: start, reason: "The number is too large")
    }
    return value
  }

  /// A number as it is written.
  @_lifetime(self: copy self)
  public mutating func numberText() throws(JSONError) -> String {
    try require(.number, "A number is expected")
    let range = try scanNumber()
    return unsafe String(copying: UTF8Span(unchecked: bytes.extracting(range)))
  }

  /// Passes over a number at whose first character the reader stands (RFC 8259 §6).
  @_lifetime(self: copy self)
  mutating func scanNumber() throws(JSONError) -> Range<Int> {
    let start = position
    if bytes[unchecked: position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[unchecked: position] == UInt8(ascii: "0") {
      position += 1
      if isDigit { throw syntax("A number does not begin with a zero that counts nothing") }
    } else {
      try scanDigits()
    }
    if position < bytes.count, bytes[unchecked: position] == UInt8(ascii: ".") {
      position += 1
      try scanDigits()
    }
    if position < bytes.count, bytes[unchecked: position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try scanDigits()
    }
    return start..<position
  }

  private var isDigit: Bool { position < bytes.count && bytes[unchecked: position] &- UInt8(ascii: "0") < 10 }

  @_lifetime(self: copy self)
  private mutating func scanDigits() throws(JSONError) {
    guard isDigit else { throw syntax("A digit is expected") }
    while isDigit { position += 1 }
  }
}
