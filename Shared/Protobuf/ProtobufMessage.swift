/// A message of Protocol Buffers (proto3), coded by hand after its `.proto` file:
///
///     mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
///       switch field {
///       case 1: owner = try reader.string()
///       case 2: tags.append(try reader.string())
///       default: try reader.skip()
///       }
///     }
///
///     func write(to writer: inout ProtobufWriter) {
///       writer.string(1, owner)
///       writer.strings(2, tags)
///     }
///
/// A `oneof` is an enum with payloads, written with the `present:` variants; the last member read wins.
public protocol ProtobufMessage: Sendable {
  /// A message with every field at its default.
  init()

  /// Takes the value of one field: reads it, or skips it where the number is not known.
  mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError)

  /// Writes the fields in the order of their numbers, as Google's own libraries do.
  func write(to writer: inout ProtobufWriter)
}

extension ProtobufMessage {
  /// Reads one message that takes all the bytes.
  public init(protobuf bytes: Span<UInt8>) throws(ProtobufError) {
    self.init()
    var reader = ProtobufReader(bytes)
    try merge(from: &reader)
  }

  public var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    write(to: &writer)
    return writer.bytes
  }

  mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
    while let field = try reader.nextField() { try readField(field, from: &reader) }
  }
}
