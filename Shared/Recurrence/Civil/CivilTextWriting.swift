extension [UInt8] {
  /// Appends a number in decimal with leading zeros up to `width` digits; a negative one begins with a minus.
  mutating func appendDecimal(_ value: Int, width: Int = 1) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    while count - start < width { append(UInt8(ascii: "0")) }
    self[start...].reverse()
  }

  mutating func append(ascii letter: Unicode.Scalar) { append(UInt8(ascii: letter)) }

  /// Appends `09:05:00` for a second of the day.
  mutating func appendTimeOfDay(_ secondOfDay: Int) {
    appendDecimal(secondOfDay / 3600, width: 2)
    append(ascii: ":")
    appendDecimal(secondOfDay / 60 % 60, width: 2)
    append(ascii: ":")
    appendDecimal(secondOfDay % 60, width: 2)
  }
}

/// The text that `write` appends; all of it is ASCII.
func asciiText(_ write: (inout [UInt8]) -> Void) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(32)
  write(&bytes)
  return String(decoding: bytes, as: UTF8.self)
}
