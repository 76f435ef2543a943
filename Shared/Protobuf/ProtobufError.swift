/// Why bytes are not the Protocol Buffers message that was asked for
/// (https://protobuf.dev/programming-guides/encoding).
public enum ProtobufError: Error, Sendable, Equatable {
  /// The bytes end within a field or, in a stream, before the last message.
  case truncated
  /// A variable-length integer of more than 64 bits.
  case badVarint
  /// A field number of 0 or beyond 2²⁹ − 1, or the end of a group that did not begin.
  case badTag
  /// A field is written in another form than its type has.
  case badWireType(field: Int)
  /// A string field that is not UTF-8.
  case notUTF8(field: Int)
  /// A value that the field's own rules do not allow, such as a text that is no date.
  case badValue(field: Int)
  /// More than ``ProtobufReader/maximumDepth`` messages inside each other.
  case tooDeep
  /// A message in a stream longer than the reader allows, in octets.
  case tooLong(Int)
  /// Bytes in a stream after the message that said it was the last.
  case afterLast
}
