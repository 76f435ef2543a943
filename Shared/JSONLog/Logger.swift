/// Writes lines with what they have in common: the app, a trace, a task. A value; ``with(_:)`` makes one that says more.
///
/// Messages are constant, so that lines can be searched; what varies is a field. A line below the level costs a comparison:
/// its fields are not even made.
public struct Logger: Sendable {
  private let sink: LogSink
  public var level: LogLevel
  /// The common fields as they stand in each line, in the sink's format.
  private var context: [UInt8] = []

  public init(sink: LogSink, level: LogLevel = .info) {
    self.sink = sink
    self.level = level
  }

  /// Writes nothing.
  public static let silent: Logger = {
    var logger = Logger(sink: LogSink(format: .json, write: { _ in }), level: .critical)
    logger.isSilent = true
    return logger
  }()
  private var isSilent = false

  /// A logger whose lines also carry `fields`.
  public func with(_ fields: LogFields) -> Logger {
    var logger = self
    for (name, value) in fields { sink.format.append(name, value, to: &logger.context) }
    return logger
  }

  public func isEnabled(_ level: LogLevel) -> Bool { level >= self.level && !isSilent }

  public func log(_ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    guard isEnabled(level) else { return }
    sink.write(sink.format.line(sink.now(), level, message, context: context, fields()))
  }

  public func trace(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.trace, message, fields())
  }
  public func debug(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.debug, message, fields())
  }
  public func info(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.info, message, fields())
  }
  public func notice(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.notice, message, fields())
  }
  public func warning(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.warning, message, fields())
  }
  public func error(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.error, message, fields())
  }
  public func critical(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.critical, message, fields())
  }
}
