import JSON

/// Writes JSON as Go's encoding/json does, which daprd passes every state value and bulk event through: object keys sorted,
/// numbers as float64, and `<`, `>`, `&`, U+2028, U+2029 escaped.
enum GoJSON {
  /// Reads JSON of which an object may name a member twice: the last one counts, as in Go.
  static func decode(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = try JSONReader(bytes.span, uniqueMembers: false)
    let value = try JSONValue(from: &reader)
    try reader.end()
    return value
  }

  static func encode(_ value: JSONValue, sortsKeys: Bool = true, exactNumbers: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    write(value, sortsKeys, exactNumbers, &out)
    return out
  }

  private static func write(_ value: JSONValue, _ sortsKeys: Bool, _ exactNumbers: Bool, _ out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let bool): out += (bool ? "true" : "false").utf8
    case .string(let text): write(text, &out)
    case .int, .double, .number:
      if exactNumbers { value.append(to: &out) } else { write(number: value, &out) }
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(element, sortsKeys, exactNumbers, &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let ordered = sortsKeys ? sorted(members) : members
      for (index, member) in ordered.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(member.name, &out)
        out.append(UInt8(ascii: ":"))
        write(member.value, sortsKeys, exactNumbers, &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// By name, which Go compares as octets; of a doubled one the last.
  private static func sorted(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
    let ordered = members.enumerated().sorted { a, b in
      let order = order(a.element.name, b.element.name)
      return order == 0 ? a.offset < b.offset : order < 0
    }
    return ordered.indices.compactMap { index in
      let isRepeated =
        index + 1 < ordered.count && order(ordered[index].element.name, ordered[index + 1].element.name) == 0
      return isRepeated ? nil : ordered[index].element
    }
  }

  /// Below zero when the octets of `a` come before those of `b`; zero only when they are the same.
  static func order(_ a: String, _ b: String) -> Int {
    let a = a.utf8Span.span
    let b = b.utf8Span.span
    for i in 0..<min(a.count, b.count) where a[i] != b[i] { return Int(a[i]) - Int(b[i]) }
    return a.count - b.count
  }

  static func write(number: JSONValue, _ out: inout [UInt8]) { write(number.double ?? 0, &out) }

  /// Shortest digits that read back equal; plain below 1e21 and from 1e-6 on, else with an exponent (encode.go, floatEncoder).
  private static func write(_ number: Double, _ out: inout [UInt8]) {
    let magnitude = number.magnitude
    if magnitude == 0 {
      out += (number.sign == .minus ? "-0" : "0").utf8
    } else if magnitude < 1e15, let integer = Int(exactly: number) {
      out += String(integer).utf8
    } else {
      out += DecimalText(number).text(isPlain: magnitude >= 1e-6 && magnitude < 1e21).utf8
    }
  }

  static func write(_ text: String, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let bytes = text.utf8Span.span
    var written = 0
    var i = 0
    while i < bytes.count {
      let length = lengthToEscape(bytes, at: i)
      guard length > 0 else {
        i += 1
        continue
      }
      append(bytes.extracting(written..<i), &out)
      escape(bytes, at: i, &out)
      i += length
      written = i
    }
    append(bytes.extracting(written..<bytes.count), &out)
    out.append(UInt8(ascii: "\""))
  }

  /// How many octets from `i` on Go writes as an escape: none, that one, or the three of U+2028 and U+2029.
  static func lengthToEscape(_ bytes: Span<UInt8>, at i: Int) -> Int {
    switch bytes[i] {
    case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): 1
    case 0xE2: i + 2 < bytes.count && bytes[i + 1] == 0x80 && bytes[i + 2] & 0xFE == 0xA8 ? 3 : 0
    default: 0
    }
  }

  private static func escape(_ bytes: Span<UInt8>, at i: Int, _ out: inout [UInt8]) {
    switch bytes[i] {
    case UInt8(ascii: "\""): out += "\\\"".utf8
    case UInt8(ascii: "\\"): out += "\\\\".utf8
    case UInt8(ascii: "\n"): out += "\\n".utf8
    case UInt8(ascii: "\r"): out += "\\r".utf8
    case UInt8(ascii: "\t"): out += "\\t".utf8
    case 0x08: out += "\\b".utf8
    case 0x0C: out += "\\f".utf8
    case 0xE2: out += (bytes[i + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8
    case let byte:
      let digits = Array("0123456789abcdef".utf8)
      out += "\\u00".utf8
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
  }

  static func append(_ bytes: Span<UInt8>, _ out: inout [UInt8]) {
    bytes.withUnsafeBufferPointer { out.append(contentsOf: $0) }
  }
}

/// The shortest decimal digits of a double, placed as wanted.
struct DecimalText {
  private let isNegative: Bool
  private let digits: String
  /// The number is 0.digits × 10^exponent.
  private let exponent: Int

  init(_ number: Double) {
    // Swift's description has the shortest digits that read back equal, as `12.5`, `1e-07` or `1.5e+21`.
    var text = number.description[...]
    isNegative = text.hasPrefix("-")
    if isNegative { text = text.dropFirst() }
    let parts = text.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let scale = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    let all = mantissa[0] + (mantissa.count == 2 ? mantissa[1] : "")
    let leading = all.prefix { $0 == "0" }.count
    var trimmed = all.dropFirst(leading)
    while trimmed.last == "0" { trimmed = trimmed.dropLast() }
    digits = String(trimmed)
    exponent = mantissa[0].count - leading + scale
  }

  func text(isPlain: Bool) -> String {
    let sign = isNegative ? "-" : ""
    guard isPlain else {
      let rest = digits.dropFirst()
      let power = exponent - 1
      // Go writes e-7, not e-07.
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (power < 0 ? "-" : "+")
        + String(power.magnitude)
    }
    if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
    if exponent >= digits.count { return sign + digits + String(repeating: "0", count: exponent - digits.count) }
    return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
  }
}

extension JSONValue {
  fileprivate func append(to out: inout [UInt8]) { out += bytes }
}
