/// A JSON value as a tree, for places where no request waits. Members keep their order; two objects are equal when their
/// members are, in the same order.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// An integer written without fraction and exponent that fits into 64 bits.
  case int(Int)
  /// Any other number of at most 15 digits.
  case double(Double)
  /// A number that would lose digits in the two cases above, as it was written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Reads one whole JSON text; an object that names a member twice is refused.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var reader = try JSONReader(bytes.span)
    self = try JSONValue(from: &reader)
    try reader.end()
  }

  /// Reads the reader's next value.
  public init(from reader: inout JSONReader) throws(JSONError) {
    switch try reader.kind() {
    case .null:
      _ = try reader.takeNull()
      self = .null
    case .bool: self = .bool(try reader.bool())
    case .string: self = .string(try reader.string())
    case .number: self = JSONValue(number: try reader.numberText())
    case .array:
      var elements: [JSONValue] = []
      try reader.beginArray()
      while try reader.nextElement() { elements.append(try JSONValue(from: &reader)) }
      self = .array(elements)
    case .object:
      var members: [Member] = []
      try reader.beginObject()
      while let name = try reader.nextMember() { members.append(Member(name, try JSONValue(from: &reader))) }
      self = .object(members)
    }
  }

  private init(number text: String) {
    let digits = text.utf8Span.span
    if let value = JSONNumber.plainInteger(digits), text != "-0" {
      self = .int(value)
    } else if JSONNumber.decimal(digits)?.fitsDouble == true, let value = Double(text) {
      self = .double(value)
    } else {
      self = .number(text)
    }
  }

  /// The value as JSON text in UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }

  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .int(let value): writer.int(value)
    case .double(let value): writer.double(value)
    case .number(let text): writer.raw(Array(text.utf8))
    case .string(let value): writer.string(value)
    case .array(let elements):
      writer.array { for element in elements { element.write(to: &$0) } }
    case .object(let members):
      writer.object {
        for member in members {
          $0.key(named: member.name)
          member.value.write(to: &$0)
        }
      }
    }
  }
}
