/// Steps through the ASCII of a date, time or duration; every refusal names the octet and what was expected there.
struct CivilTextScanner: ~Escapable {
  private let bytes: Span<UInt8>
  private(set) var offset: Int

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    offset = 0
  }

  /// The octet at the current place, nil at the end.
  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// Takes exactly `count` digits (at most 9) as a number within `range`.
  @_lifetime(self: copy self)
  mutating func number(_ name: String, digits count: Int, in range: ClosedRange<Int>) throws(CivilTimeError) -> Int {
    let start = offset
    var value = 0
    for _ in 0..<count {
      guard let digit = takeDigit() else { throw expected("\(count) digits of the \(name)") }
      value = value * 10 + digit
    }
    guard range.contains(value) else {
      throw CivilTimeError(
        offset: start, reason: "The \(name) goes from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    return value
  }

  /// Takes one decimal digit; nil, and nothing taken, when something else stands there.
  @_lifetime(self: copy self)
  mutating func takeDigit() -> Int? {
    guard let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    offset += 1
    return Int(byte - UInt8(ascii: "0"))
  }

  /// Passes over one octet, whatever it is.
  @_lifetime(self: copy self)
  mutating func skip() { offset += 1 }

  /// Takes `letter` if it stands here.
  @_lifetime(self: copy self)
  mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: letter) else { return false }
    offset += 1
    return true
  }

  @_lifetime(self: copy self)
  mutating func require(_ letter: Unicode.Scalar) throws(CivilTimeError) {
    guard take(letter) else { throw expected("'\(letter)'") }
  }

  func requireEnd() throws(CivilTimeError) {
    guard offset == bytes.count else { throw expected("the end of the text") }
  }

  func expected(_ what: String) -> CivilTimeError { CivilTimeError(offset: offset, reason: "Expected \(what)") }
}
