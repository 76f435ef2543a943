import JSON

/// Numbers as people read them in a table.
enum Numbers {
  static func rate(_ value: Double) -> String { value < 100 ? fixed(value, 1) : grouped(Int(value.rounded())) }

  static func milliseconds(_ value: Double?) -> String {
    guard let value else { return "–" }
    return value < 10 ? fixed(value, 2) : value < 100 ? fixed(value, 1) : grouped(Int(value.rounded()))
  }

  static func ratio(_ value: Double, to other: Double) -> String {
    guard other > 0 else { return "–" }
    let ratio = value / other
    return "×" + (ratio < 10 ? fixed(ratio, 1) : String(Int(ratio.rounded())))
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    let unit = digits == 1 ? 10 : 100
    let scaled = Int((value * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return "\(scaled / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  private static func grouped(_ value: Int) -> String {
    let digits = Array(String(value))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}

extension JSONValue {
  /// Three digits after the point say all that there is.
  static func rounded(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    return .double((value * 1000).rounded() / 1000)
  }
}
