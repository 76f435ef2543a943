import Glibc

/// Where lines go and how they look.
public struct LogSink: Sendable {
  public enum Format: Sendable {
    /// One JSON object a line.
    case json
    /// For people at a terminal.
    case text
  }

  let format: Format
  let now: @Sendable () -> LogTime
  let write: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - now: the time of a line.
  ///   - write: takes one whole line with its end.
  public init(
    format: Format, now: @escaping @Sendable () -> LogTime = LogTime.now,
    write: @escaping @Sendable ([UInt8]) -> Void = LogSink.standardError
  ) {
    self.format = format
    self.now = now
    self.write = write
  }

  /// Text on a terminal, else JSON.
  public static var automaticFormat: Format { isatty(STDERR_FILENO) == 1 ? .text : .json }

  /// Writes a line by one `write(2)`, so that lines of several threads do not mix. What a full pipe does not take is lost.
  public static let standardError: @Sendable ([UInt8]) -> Void = { line in
    line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
      }
    }
  }
}
