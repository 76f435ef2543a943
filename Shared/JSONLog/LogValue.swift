/// What a line says beside its message.
public enum LogValue: Sendable, Equatable {
  case string(String)
  case int(Int)
  case double(Double)
  case bool(Bool)
  /// Several texts.
  case strings([String])

  /// Whatever describes itself: errors, ids. A ``Secret`` describes itself as `<redacted>`.
  public static func describing(_ value: some Any) -> LogValue { .string(String(describing: value)) }

  /// A time taken, in milliseconds with three digits.
  public static func milliseconds(_ duration: Duration) -> LogValue {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    return .double(Double(microseconds) / 1000)
  }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
}

/// The members of a line beside its message, in order.
public typealias LogFields = KeyValuePairs<String, LogValue>
