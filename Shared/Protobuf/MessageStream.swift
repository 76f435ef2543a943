/// A message that says of itself whether it is the last of a stream.
///
/// A sidecar hands on an answer that was cut in the middle as if it were whole (protocols.md §7); so no answer between
/// daemons is believed before its last message has come.
public protocol StreamedMessage: ProtobufMessage {
  var isLast: Bool { get }
}

extension ProtobufMessage {
  /// Appends this message with its length before it, as one of a stream.
  public func append(to stream: inout [UInt8]) {
    var writer = ProtobufWriter()
    writer.lengthPrefixed(write)
    if stream.isEmpty { stream = writer.bytes } else { stream += writer.bytes }
  }

  /// This message as a stream of one.
  public var delimited: [UInt8] {
    var stream: [UInt8] = []
    append(to: &stream)
    return stream
  }
}

/// Takes a stream of length-prefixed messages apart, however the bytes are cut.
///
///     var stream = MessageStream<QueryResponse>()
///     for try await chunk in body {
///       stream.append(chunk)
///       while let message = try stream.next() { … }
///     }
///     try stream.end()
public struct MessageStream<Message: StreamedMessage>: Sendable {
  private let maximumLength: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasLast = false

  /// - Parameter maximumLength: octets that one message may have (16 MiB by default).
  public init(maximumLength: Int = 16 << 20) { self.maximumLength = maximumLength }

  /// Adds bytes as they come; take the whole messages out by ``next()`` before adding more.
  public mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
  }

  /// The next message that is whole; nil when more bytes are needed.
  /// - Throws: `tooLong` as soon as a length is beyond the bound, `afterLast` for bytes after the last message, and what
  ///   the message itself throws.
  public mutating func next() throws(ProtobufError) -> Message? {
    guard start < buffer.count else { return nil }
    guard !hasLast else { throw .afterLast }
    guard let prefix = try Varint.decode(buffer.span, at: start) else { return nil }
    guard prefix.value <= UInt64(maximumLength) else { throw .tooLong(Int(clamping: prefix.value)) }
    let body = start + prefix.length
    let end = body + Int(prefix.value)
    guard end <= buffer.count else { return nil }
    let message = try Message(protobuf: buffer.span.extracting(body..<end))
    start = end
    hasLast = message.isLast
    return message
  }

  /// Checks, when the bytes have ended, that the last message has come and nothing after it.
  public func end() throws(ProtobufError) {
    guard hasLast else { throw .truncated }
    guard start == buffer.count else { throw .afterLast }
  }

  /// The messages of a stream that has come whole.
  public static func messages(in bytes: [UInt8]) throws(ProtobufError) -> [Message] {
    var stream = MessageStream()
    stream.append(bytes)
    var messages: [Message] = []
    while let message = try stream.next() { messages.append(message) }
    try stream.end()
    return messages
  }
}
