/// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
public struct ExpositionText: Sendable {
  /// The `content-type` of an answer.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public private(set) var bytes: [UInt8] = []

  mutating func header(_ name: String, type: String, help: String) {
    append("# HELP ", name, " ", Self.escape(help, quotes: false), "\n# TYPE ", name, " ", type, "\n")
  }

  /// Appends one sample; `labels` are rendered pairs without braces.
  mutating func sample(_ name: String, _ labels: String, _ value: String) {
    if labels.isEmpty {
      append(name, " ", value, "\n")
    } else {
      append(name, "{", labels, "} ", value, "\n")
    }
  }

  private mutating func append(_ parts: String...) {
    for part in parts { bytes.append(contentsOf: part.utf8) }
  }

  static func labels(_ names: [String], _ values: [String]) -> String {
    zip(names, values).map { "\($0)=\"\(escape($1, quotes: true))\"" }.joined(separator: ",")
  }

  /// A number as Go's `ParseFloat` reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int(exactly: value).map(String.init) ?? value.description
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  static func isMetricName(_ name: String) -> Bool { isName(name, colon: true) }
  static func isLabelName(_ name: String) -> Bool { isName(name, colon: false) && !name.hasPrefix("__") }

  private static func isName(_ name: String, colon: Bool) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return name.utf8.allSatisfy { octet in
      switch octet {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: ":"): colon
      default: false
      }
    }
  }
}
