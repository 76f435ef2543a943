/// The value of a number's text, exact where binary fractions are not.
struct JSONNumber {
  /// Digits without zeros at either end; empty for zero.
  private var digits: [UInt8] = []
  private var isNegative = false
  /// The value is `digits` × 10^`exponent`.
  private var exponent = 0

  /// Reads an integer without fraction and exponent; nil when it has one or is beyond 64 bits.
  static func plainInteger(_ text: Span<UInt8>) -> Int? {
    let isNegative = text[0] == UInt8(ascii: "-")
    var value = 0
    for i in (isNegative ? 1 : 0)..<text.count {
      let digit = Int(text[i]) - 0x30
      guard digit >= 0, digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !overflow, !overflows else { return nil }
      value = sum
    }
    return value
  }

  /// Reads any number whose grammar has been checked; nil when its exponent is beyond all sense.
  static func decimal(_ text: Span<UInt8>) -> JSONNumber? {
    var number = JSONNumber()
    var i = 0
    var afterPoint = false
    while i < text.count, text[i] | 0x20 != UInt8(ascii: "e") {
      switch text[i] {
      case UInt8(ascii: "-"): number.isNegative = true
      case UInt8(ascii: "."): afterPoint = true
      case let digit:
        if digit != UInt8(ascii: "0") || !number.digits.isEmpty { number.digits.append(digit - 0x30) }
        if afterPoint { number.exponent -= 1 }
      }
      i += 1
    }
    if i < text.count {
      if text[i + 1] == UInt8(ascii: "+") { i += 1 }
      guard let written = plainInteger(text.extracting((i + 1)..<text.count)), written.magnitude < 1_000_000_000 else {
        return number.digits.isEmpty ? JSONNumber() : nil
      }
      number.exponent += written
    }
    while number.digits.last == 0 {
      number.digits.removeLast()
      number.exponent += 1
    }
    if number.digits.isEmpty { number.exponent = 0 }
    return number
  }

  var isInteger: Bool { exponent >= 0 }

  /// The value as an integer of 64 bits, if it is one.
  var integer: Int? {
    guard isInteger, digits.count + exponent <= 19 else { return nil }
    var value = 0
    for digit in digits + Array(repeating: 0, count: exponent) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) =
        isNegative ? product.subtractingReportingOverflow(Int(digit)) : product.addingReportingOverflow(Int(digit))
      guard !overflow, !overflows else { return nil }
      value = sum
    }
    return value
  }

  /// Whether a `Double` gives these digits back: it keeps any 15 of them within its normal range (IEEE 754).
  var fitsDouble: Bool {
    digits.isEmpty || (digits.count <= 15 && (-290...290).contains(exponent + digits.count))
  }
}
