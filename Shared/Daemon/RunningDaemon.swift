import EventLoop
import HTTP2Transport
import JSONLog
import Metrics

/// A daemon that serves, and how it stops.
struct RunningDaemon: Sendable {
  let port: UInt16
  let parts: DaemonParts
  private let base: BaseSettings
  private let server: HTTPServer
  private let readiness: Readiness
  private let log: Logger

  /// How long the steps after the drain may take.
  static let stepTime: Duration = .milliseconds(1500)

  /// Makes the parts by `start`, then listens. When either fails, what has begun is ended again.
  static func start<Settings: DaemonSettings>(
    _ name: String, _ base: BaseSettings, _ settings: Settings, loop: EventLoop, log: Logger, parts: DaemonParts,
    _ start: @escaping @Sendable (DaemonContext<Settings>) async throws -> DaemonRoutes
  ) async throws -> RunningDaemon {
    let metrics = MetricsRegistry()
    metrics.addProcessMetrics()
    let requests = RequestMetrics(metrics)
    let readiness = Readiness()
    let context = DaemonContext(
      name: name, settings: settings, base: base, loop: loop, log: log, metrics: metrics, readiness: readiness,
      parts: parts)
    do {
      let routes = try await Task(executorPreference: loop) { try await start(context) }.value
      let door = FrontDoor(
        operational: OperationalRoutes(readiness: readiness, metrics: metrics), routes: routes,
        sidecarGuard: SidecarGuard(token: base.appAPIToken), log: log)
      let server = try await HTTPServer.start(
        on: loop, host: base.host, port: base.port, service: door, observer: requests.observe)
      return RunningDaemon(
        port: server.port, parts: parts, base: base, server: server, readiness: readiness, log: log)
    } catch {
      await parts.endBackground()
      throw error
    }
  }

  /// Ends everything in order: no longer ready, streams that would not end, requests, background tasks, last steps.
  /// - Returns: false when that took too long and something was left.
  func stop() async -> Bool {
    await readiness.stop()
    let steps = parts.steps.withLock { $0 }
    do {
      try await withTimeLimit(base.drain + Self.stepTime, sleep: { try await Task.sleep(for: $0) }) {
        for step in steps.drain { await step() }
        await server.drain(for: base.drain)
        await parts.endBackground()
        for step in steps.stop.reversed() { await step() }
      }
      return true
    } catch {
      return false
    }
  }
}
