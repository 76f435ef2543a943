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
    var text = header.utf8[...]
    guard text.count >= 55, let version = Self.hex(&text, 2), version != 0xFF, version > 0 || header.utf8.count == 55,
      Self.dash(&text), let high = Self.hex(&text, 16), let low = Self.hex(&text, 16),
      Self.dash(&text), let span = Self.hex(&text, 16), Self.dash(&text), let flags = Self.hex(&text, 2),
      text.isEmpty || text.first == UInt8(ascii: "-"), high | low != 0, span != 0
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

  public var header: String { "00-\(traceID)-\(Self.hex(span))-\(Self.hex(UInt64(flags)).suffix(2))" }
  public var traceID: String { Self.hex(high) + Self.hex(low) }

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

  private static func dash(_ text: inout Substring.UTF8View) -> Bool { text.popFirst() == UInt8(ascii: "-") }

  /// Lower-case digits only, as the standard asks.
  private static func hex(_ text: inout Substring.UTF8View, _ count: Int) -> UInt64? {
    var value: UInt64 = 0
    for _ in 0..<count {
      switch text.popFirst() {
      case let digit? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit):
        value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case let digit? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(digit):
        value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }

  private static func hex(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 15
        buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 16
    }
  }
}
