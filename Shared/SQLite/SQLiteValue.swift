/// A value to bind to a parameter of a statement.
public enum SQLiteValue: Sendable, Hashable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
  /// Text that is UTF-8 already.
  case utf8([UInt8])
  case blob([UInt8])

  public static func int(_ value: Int) -> Self { .int(Int64(value)) }

  /// Text, or null.
  public static func text(_ value: String?) -> Self { value.map { .text($0) } ?? .null }

  /// An integer, or null.
  public static func int(_ value: Int64?) -> Self { value.map { .int($0) } ?? .null }
}

extension SQLiteValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(nilLiteral: ()) { self = .null }
}
