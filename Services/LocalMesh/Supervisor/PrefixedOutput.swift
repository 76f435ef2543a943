import Glibc

/// Prints the lines of several processes on one terminal, each behind its name in a colour of its own.
struct PrefixedOutput {
  private static let colours = [36, 33, 35, 32, 34, 31]
  private let prefix: [UInt8]

  /// `index` chooses the colour; none is used when stdout is not a terminal.
  init(name: String, width: Int, index: Int) {
    let padded = name + String(repeating: " ", count: max(0, width - name.utf8.count))
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let colour = Self.colours[index % Self.colours.count]
    prefix = Array((isTerminal ? "\u{1b}[\(colour)m\(padded) │\u{1b}[0m " : "\(padded) | ").utf8)
  }

  func write(_ line: ArraySlice<UInt8>) {
    let bytes = prefix + line + [UInt8(ascii: "\n")]
    // One write a line, so that lines of several processes do not mix.
    bytes.withUnsafeBytes { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  func write(_ text: String) { write(Array(text.utf8)[...]) }
}
