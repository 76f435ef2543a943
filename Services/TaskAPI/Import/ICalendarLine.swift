/// One content line of iCalendar (RFC 5545 §3.1): `NAME;PARAM=value:value`.
struct ICalendarLine: Sendable, Equatable {
  /// The physical line it begins on, from 1.
  let line: Int
  /// In capitals.
  let name: String
  /// By name in capitals.
  let parameters: [String: String]
  let value: String

  /// Splits `bytes` into content lines. Octets are unfolded before they are decoded, since a fold may cut a character.
  static func read(_ bytes: [UInt8]) -> [Result<ICalendarLine, RejectedLine>] {
    var lines: [Result<ICalendarLine, RejectedLine>] = []
    var unfolded: [UInt8] = []
    var begin = 1
    func flush() {
      guard !unfolded.isEmpty else { return }
      lines.append(Result { () throws(RejectedLine) in try ICalendarLine(unfolded, line: begin) })
      unfolded = []
    }
    for (index, octets) in TextLines(bytes).enumerated() {
      if let first = octets.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
        unfolded += octets.dropFirst()
      } else {
        flush()
        begin = index + 1
        unfolded = Array(octets)
      }
    }
    flush()
    return lines
  }

  private init(_ octets: [UInt8], line: Int) throws(RejectedLine) {
    guard let text = String(validating: octets, as: UTF8.self) else {
      throw RejectedLine(line: line, detail: "The line is not UTF-8.")
    }
    var isQuoted = false
    var parts: [String] = [""]
    var value: Substring?
    for index in text.indices {
      let character = text[index]
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ";", !isQuoted {
        parts.append("")
      } else if character == ":", !isQuoted {
        value = text[text.index(after: index)...]
        break
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    guard let value, !parts[0].isEmpty else {
      throw RejectedLine(line: line, detail: "The line is not `NAME:value`.")
    }
    self.line = line
    name = parts[0].uppercased()
    self.value = String(value)
    var parameters: [String: String] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { parameters[pair[0].uppercased()] = String(pair[1]) }
    }
    self.parameters = parameters
  }

  /// The value as TEXT (RFC 5545 §3.3.11).
  var text: String { Self.unescape(value[...]) }

  /// The value as a list of TEXT, split at commas that are not escaped.
  var texts: [String] {
    var texts: [String] = []
    var start = value.startIndex
    var isEscaped = false
    for index in value.indices {
      if isEscaped {
        isEscaped = false
      } else if value[index] == "\\" {
        isEscaped = true
      } else if value[index] == "," {
        texts.append(Self.unescape(value[start..<index]))
        start = value.index(after: index)
      }
    }
    texts.append(Self.unescape(value[start...]))
    return texts
  }

  private static func unescape(_ value: Substring) -> String {
    var text = ""
    var isEscaped = false
    for character in value {
      if isEscaped {
        text.append(character == "n" || character == "N" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.append(character)
      }
    }
    return text
  }
}
