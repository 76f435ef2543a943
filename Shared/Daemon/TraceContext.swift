import Synchronization

/// A W3C trace context (`traceparent`, w3.org/TR/trace-context-1).
public struct TraceContext: Sendable, Equatable {
  /// 16 octets, never all zero.
  public let high: UInt64
  public let low: UInt64
  /// Never zero.
  public let span: UInt64
  public let flags: UInt8

  /// Reads a header. nil for what the standard calls invalid, all zeros among it, which daprd sends when it does not trace.
  public init?(_ header: String) {
    let text = header.utf8Span.span
    guard text.count >= 55, let version = Self.hex(text, 0..<2), version != 0xFF,
      version == 0 ? text.count == 55 : text.count == 55 || text[55] == Self.dash,
      text[2] == Self.dash, let high = Self.hex(text, 3..<19), let low = Self.hex(text, 19..<35), high | low != 0,
      text[35] == Self.dash, let span = Self.hex(text, 36..<52), span != 0,
      text[52] == Self.dash, let flags = Self.hex(text, 53..<55)
    else { return nil }
    self.init(high: high, low: low, span: span, flags: UInt8(flags))
  }

  private init(high: UInt64, low: UInt64, span: UInt64, flags: UInt8) {
    self.high = high
    self.low = low
    self.span = span
    self.flags = flags
  }

  /// A new trace.
  public static func make() -> TraceContext {
    TraceContext(high: random(), low: random(), span: random(), flags: 0)
  }

  /// The same trace with a span of our own.
  public func child() -> TraceContext { TraceContext(high: high, low: low, span: Self.random(), flags: flags) }

  public var header: String {
    Self.text(55) { buffer in
      for (index, character) in "00-".utf8.enumerated() { buffer[index] = character }
      Self.write(high, 16, to: buffer, at: 3)
      Self.write(low, 16, to: buffer, at: 19)
      buffer[35] = Self.dash
      Self.write(span, 16, to: buffer, at: 36)
      buffer[52] = Self.dash
      Self.write(UInt64(flags), 2, to: buffer, at: 53)
    }
  }

  public var traceID: String {
    Self.text(32) { buffer in
      Self.write(high, 16, to: buffer, at: 0)
      Self.write(low, 16, to: buffer, at: 16)
    }
  }

  /// SplitMix64 from a random seed, never zero: ids must differ, not surprise, and a system call each would cost more.
  private static func random() -> UInt64 {
    while true {
      var z = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      if z != 0 { return z }
    }
  }

  private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

  private static let dash = UInt8(ascii: "-")

  /// Lower-case digits only, as the standard asks.
  private static func hex(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for index in range {
      switch text[index] {
      case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
        value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case let digit where digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "f"):
        value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }

  private static func text(_ count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) -> String {
    String(unsafeUninitializedCapacity: count) { buffer in
      fill(buffer)
      return count
    }
  }

  private static func write(_ value: UInt64, _ digits: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int)
  {
    var rest = value
    for index in (start..<start + digits).reversed() {
      let digit = UInt8(truncatingIfNeeded: rest) & 15
      buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      rest >>= 4
    }
  }
}
