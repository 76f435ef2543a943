/// A value that stays out of logs, descriptions and dumps.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: Value

  public init(_ value: Value) { self.value = value }

  /// The value itself, for where it is used.
  public func reveal() -> Value { value }

  public var description: String { "<redacted>" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret where Value == String {
  /// Whether `text` is the secret, in a time that depends on its length alone.
  public func matches(_ text: String) -> Bool {
    let secret = value.utf8Span.span
    let given = text.utf8Span.span
    guard secret.count == given.count else { return false }
    var difference: UInt8 = 0
    for i in 0..<secret.count { difference |= secret[i] ^ given[i] }
    return difference == 0
  }
}
