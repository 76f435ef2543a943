import Daemon

/// What task-api is told beside what every daemon is.
struct TaskAPISettings: DaemonSettings {
  static let defaultPort: UInt16 = 8080

  enum Authentication: Sendable {
    /// Every request carries a bearer token.
    case token
    /// A request without one is the owner `local`, if it comes from this machine (contract §3).
    case loopback
  }

  let authentication: Authentication
  /// Origins whose pages count as own.
  let corsOrigins: [String]
  /// The broker's addresses, for the listeners of `GET /events`.
  let kafka: String
  let lease: LeaseTimes
  /// Between two attempts at a call that fails.
  let longestPause: Duration

  init(from reader: inout SettingsReader) {
    authentication = reader.choice(
      "TASKMESH_AUTH", default: "token", ["token": .token, "loopback": .loopback],
      "who may call: `loopback` takes requests of this machine without a token")
    kafka = reader.string("TASKMESH_KAFKA", default: "127.0.0.1:9092", "addresses of the broker")
    corsOrigins = reader.list("TASKMESH_CORS", "Origins whose pages may call")
    lease = LeaseTimes(from: &reader)
    longestPause = reader.duration(
      "TASKMESH_LONGEST_PAUSE", default: JournalSettings().longestPause,
      "longest pause before a write or publish that failed is tried again")
  }
}
