/// Writes JSON (RFC 8259) as UTF-8, without white space, escaping only what must be escaped.
///
///     var writer = JSONWriter()
///     writer.object {
///       $0.key("title")
///       $0.string("Water the plants")
///     }
///     writer.bytes
///
/// Commas and colons come by themselves; that each key gets one value is the caller's part.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// - Parameter capacity: octets to make room for at once.
  public init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  public mutating func object<E: Error>(_ members: (inout JSONWriter) throws(E) -> Void) throws(E) {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    try members(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  public mutating func array<E: Error>(_ elements: (inout JSONWriter) throws(E) -> Void) throws(E) {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    try elements(&self)
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// The name of the member whose value is written next: a literal that needs no escapes.
  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    append(name)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name of the member whose value is written next: any text.
  public mutating func key(named name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func null() {
    separate()
    append("null")
  }

  public mutating func bool(_ value: Bool) {
    separate()
    append(value ? "true" : "false")
  }

  public mutating func int(_ value: Int) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    var unit: UInt = 1
    while magnitude / unit >= 10 { unit *= 10 }
    while unit > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
      unit /= 10
    }
  }

  /// The shortest text that reads as the same number; `null` for infinities and NaN, which JSON cannot say.
  public mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    bytes.append(contentsOf: value.description.utf8)
  }

  public mutating func string(_ value: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    let text = value.utf8Span.span
    var written = 0
    for i in 0..<text.count {
      let byte = text[unchecked: i]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(text.extracting(written..<i))
      escape(byte)
      written = i + 1
    }
    append(text.extracting(written..<text.count))
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string whose octets `append` adds at the end; they are UTF-8 that needs no escapes, such as a time's.
  public mutating func plainString(_ append: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    append(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A value that is JSON already; it is not looked at.
  public mutating func raw(_ json: Span<UInt8>) {
    separate()
    append(json)
  }

  /// A value that is JSON already; it is not looked at.
  public mutating func raw(_ json: [UInt8]) { raw(json.span) }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func append(_ text: Span<UInt8>) {
    unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func append(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      append("u00")
      for digit in [byte >> 4, byte & 15] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}
