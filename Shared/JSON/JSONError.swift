/// Why bytes are not the JSON (RFC 8259) that was asked for, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The text is not JSON at all: grammar, UTF-8, escapes, numbers, or something after its end.
    case syntax
    /// More than ``JSONReader/maximumDepth`` arrays and objects inside each other.
    case tooDeep
    /// An object names a member twice.
    case duplicateMember
    /// Well-formed so far, but the value is of another kind than was asked for. The reader stands before the value.
    case wrongKind
    /// A number that the type asked for cannot hold. The reader stands before the value.
    case outOfRange
  }

  public let code: Code
  /// Octets before the fault, from 0; ``JSONPointer/locate(_:in:)`` says which value stands there.
  public let offset: Int
  public let reason: StaticString

  public init(_ code: Code, offset: Int, reason: StaticString) {
    self.code = code
    self.offset = offset
    self.reason = reason
  }

  public var description: String { "\(reason) at octet \(offset)" }

  public static func == (a: JSONError, b: JSONError) -> Bool {
    a.code == b.code && a.offset == b.offset && a.reason.description == b.reason.description
  }
}
