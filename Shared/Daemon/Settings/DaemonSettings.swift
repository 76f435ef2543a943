import JSONLog

/// A daemon's own settings, beside ``BaseSettings``.
public protocol DaemonSettings: Sendable {
  /// Where it listens unless `APP_PORT` says otherwise.
  static var defaultPort: UInt16 { get }
  /// Reads each setting; faults are noted in the reader and do not stop it.
  init(from reader: inout SettingsReader)
}

/// What every daemon is told.
public struct BaseSettings: Sendable {
  public var host: String
  public var port: UInt16
  public var daprHost: String
  public var daprPort: UInt16
  public var daprAPIToken: Secret<String>?
  public var appAPIToken: Secret<String>?
  public var drain: Duration
  public var parent: Int32?
  public var logLevel: LogLevel
  public var logFormat: LogSink.Format?

  public init(from reader: inout SettingsReader, defaultPort: UInt16) {
    host = reader.string("TASKMESH_HOST", default: "127.0.0.1", "address to listen on")
    port = reader.port("APP_PORT", default: defaultPort, "port to listen on")
    daprHost = reader.string("DAPR_HTTP_HOST", default: "127.0.0.1", "address of the sidecar")
    daprPort = reader.port("DAPR_HTTP_PORT", default: 3500, "HTTP port of the sidecar")
    daprAPIToken = reader.secret("DAPR_API_TOKEN", "what the sidecar asks of this daemon")
    appAPIToken = reader.secret("APP_API_TOKEN", "what the sidecar proves itself by")
    drain = reader.duration("TASKMESH_DRAIN", default: .seconds(20), "how long a stop waits for what is under way")
    let parent = reader.int(
      "TASKMESH_PARENT", default: 0, in: 0...Int(Int32.max), "process to die with, by its id; 0 for none")
    self.parent = parent == 0 ? nil : Int32(parent)
    logLevel = reader.value(
      "TASKMESH_LOG", default: LogLevel.info, text: "info",
      expected: "one of \(LogLevel.allCases.map(\.name).joined(separator: ", "))", "least level of the lines written"
    ) { LogLevel($0) }
    logFormat = reader.choice(
      "TASKMESH_LOG_FORMAT", default: "auto", ["auto": nil, "json": .json, "text": .text],
      "json, text, or text at a terminal alone")
    #if DEBUG
      StopOrder.declare(in: &reader)
    #endif
  }
}
