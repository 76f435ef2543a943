import Protobuf

/// One field against its rule: where, as a JSON pointer (RFC 6901), and what the rule is. Also the message `Fault` of
/// Shared/Proto/recurrence.proto.
public struct TaskFault: Error, Sendable, Equatable, ProtobufMessage {
  public var pointer: String
  /// One sentence with a full stop.
  public var detail: String

  public init(_ pointer: String, _ detail: String) {
    self.pointer = pointer
    self.detail = detail
  }

  public init() { self.init("", "") }

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: pointer = try reader.string()
    case 2: detail = try reader.string()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, pointer)
    writer.string(2, detail)
  }
}
