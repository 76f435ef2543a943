/// Messages within the body of an invocation's answer, since daprd hands on an answer that was cut as a whole-looking 200.
///
/// A frame is an octet (1 for the last message, else 0), the length in four octets, the highest first, and the message.
/// Only an answer whose last frame says so, with nothing behind it, is whole.
public enum MessageFrame {
  /// The longest message that a reader takes, in octets.
  public static let maximumLength = 16 << 20
  static let headerLength = 5

  /// Appends `message` as a frame.
  public static func append(_ message: [UInt8], isLast: Bool, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + headerLength + message.count)
    bytes.append(isLast ? 1 : 0)
    let length = UInt32(message.count)
    for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
    bytes.append(contentsOf: message)
  }

  /// An answer of one message.
  public static func single(_ message: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    append(message, isLast: true, to: &bytes)
    return bytes
  }
}

/// Takes frames out of octets as they arrive.
public struct MessageFrameReader: Sendable {
  /// Octets that no ``MessageFrame`` begins like, or more of them after the last.
  public struct Malformed: Error, Sendable, Equatable {
    public let reason: String
  }

  private var bytes: [UInt8] = []
  private var start = 0
  /// Whether the message that says it is the last has been taken.
  public private(set) var isComplete = false

  public init() {}

  public mutating func append(_ more: [UInt8]) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole message, or nil when more octets are needed or the last one has been taken.
  public mutating func next() throws(Malformed) -> [UInt8]? {
    guard !isComplete else {
      guard start == bytes.count else { throw Malformed(reason: "octets follow the last message") }
      return nil
    }
    guard bytes.count - start >= MessageFrame.headerLength else { return nil }
    guard bytes[start] <= 1 else { throw Malformed(reason: "a frame begins with \(bytes[start]), expected 0 or 1") }
    let length = bytes[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
    guard length <= MessageFrame.maximumLength else { throw Malformed(reason: "a message of \(length) octets") }
    let first = start + MessageFrame.headerLength
    guard bytes.count - first >= length else { return nil }
    isComplete = bytes[start] == 1
    start = first + length
    return Array(bytes[first..<start])
  }
}
