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
      if exactNumbers { value.append(to: &out) } else { write(value.double ?? 0, &out) }
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
      a.element.name == b.element.name
        ? a.offset < b.offset : a.element.name.utf8.lexicographicallyPrecedes(b.element.name.utf8)
    }
    return ordered.indices.compactMap { index in
      let isRepeated = index + 1 < ordered.count && ordered[index + 1].element.name == ordered[index].element.name
      return isRepeated ? nil : ordered[index].element
    }
  }

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

  private static func write(_ text: String, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      case "\u{8}": out += "\\b".utf8
      case "\u{c}": out += "\\f".utf8
      case "\u{0}"..."\u{1f}", "<", ">", "&", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u".utf8
        out += String(repeating: "0", count: 4 - digits.utf8.count).utf8
        out += digits.utf8
      default: out += UTF8.encode(scalar)!
      }
    }
    out.append(UInt8(ascii: "\""))
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
