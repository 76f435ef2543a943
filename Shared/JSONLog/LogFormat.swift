import JSON

extension LogSink.Format {
  /// Characters of one text at most, so that no line grows with what came from outside.
  private static let longestText = 8192

  func line(
    _ time: LogTime, _ level: LogLevel, _ message: StaticString, context: [UInt8], _ fields: LogFields
  ) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(256 + context.count)
    switch self {
    case .json:
      line.append(literal: "{\"time\":\"")
      time.appendTimestamp(to: &line)
      line.append(literal: "\",\"level\":\"")
      line.append(contentsOf: level.name.utf8)
      line.append(literal: "\",\"message\":")
      line.append(json: .string(message.description))
    case .text:
      time.appendClock(to: &line)
      line.append(UInt8(ascii: " "))
      line.append(literal: level.color)
      line.append(contentsOf: level.name.uppercased().utf8)
      line.append(literal: "\u{1B}[0m ")
      for _ in level.name.utf8.count..<9 { line.append(UInt8(ascii: " ")) }
      line.append(literal: message)
    }
    line.append(contentsOf: context)
    for (name, value) in fields { append(name, value, to: &line) }
    line.append(literal: self == .json ? "}\n" : "\n")
    return line
  }

  /// Appends one field with what separates it from the ones before.
  func append(_ name: String, _ value: LogValue, to line: inout [UInt8]) {
    let value = Self.shortened(value)
    switch self {
    case .json:
      line.append(UInt8(ascii: ","))
      line.append(json: .string(name))
      line.append(UInt8(ascii: ":"))
      line.append(json: value)
    case .text:
      line.append(literal: "  \u{1B}[2m")
      line.append(contentsOf: name.utf8)
      line.append(literal: "=\u{1B}[0m")
      if case .string(let text) = value, text.isPlainWord {
        line.append(contentsOf: text.utf8)
      } else {
        line.append(json: value, forTerminal: true)
      }
    }
  }

  private static func shortened(_ value: LogValue) -> LogValue {
    guard case .string(let text) = value, text.utf8.count > longestText else { return value }
    return .string(String(text.prefix(longestText)) + "…")
  }
}

extension LogLevel {
  fileprivate var color: StaticString {
    switch self {
    case .trace, .debug: "\u{1B}[2m"
    case .info, .notice: "\u{1B}[32m"
    case .warning: "\u{1B}[33m"
    case .error, .critical: "\u{1B}[31m"
    }
  }
}

extension String {
  /// Needs no quotes on a terminal, and cannot steer it.
  fileprivate var isPlainWord: Bool {
    !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
  }
}

extension [UInt8] {
  fileprivate mutating func append(literal: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// - Parameter forTerminal: also escapes DEL and the C1 controls, which JSON leaves alone and terminals obey.
  fileprivate mutating func append(json value: LogValue, forTerminal: Bool = false) {
    var writer = JSONWriter(capacity: 64)
    switch value {
    case .string(let text): writer.string(forTerminal ? text.withoutTerminalControls : text)
    case .int(let number): writer.int(number)
    case .double(let number): writer.double(number)
    case .bool(let flag): writer.bool(flag)
    case .strings(let texts):
      writer.array { for text in texts { $0.string(forTerminal ? text.withoutTerminalControls : text) } }
    }
    append(contentsOf: writer.bytes)
  }
}

extension String {
  fileprivate var withoutTerminalControls: String {
    guard unicodeScalars.contains(where: { (0x7F...0x9F).contains($0.value) }) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }))
  }
}
