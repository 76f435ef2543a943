/// How much a line matters; the levels of swift-log.
public enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  /// The level named `name`, in lower case.
  public init?(_ name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  public var name: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .notice: "notice"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }

  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}
