import EventLoop
import JSONLog
import Metrics
import Synchronization

/// What a daemon's main makes its parts from, and says how they end with.
public struct DaemonContext<Settings: DaemonSettings>: Sendable {
  public let name: String
  public let settings: Settings
  public let base: BaseSettings
  /// The loop that serves requests; calls to the sidecar belong on it too.
  public let loop: EventLoop
  public let log: Logger
  public let metrics: MetricsRegistry
  public let readiness: Readiness
  let parts: DaemonParts

  /// Runs a task on the loop until the daemon stops, when it is cancelled after the last request has been answered. Throwing
  /// (but for `CancellationError`) stops the daemon with an error.
  public func background(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
    parts.background(name, on: loop, log: log, body)
  }

  /// Runs `step` when the daemon begins to stop, before requests are drained: for what would not end by itself, like event streams.
  public func atDrain(_ step: @escaping @Sendable () async -> Void) { parts.steps.withLock { $0.drain.append(step) } }

  /// Runs `step` at the end of an orderly stop, after requests and background tasks; the last step added runs first.
  public func atStop(_ step: @escaping @Sendable () async -> Void) { parts.steps.withLock { $0.stop.append(step) } }
}

/// What a running daemon has to end.
final class DaemonParts: Sendable {
  typealias Step = @Sendable () async -> Void

  struct Steps {
    var drain: [Step] = []
    var stop: [Step] = []
  }

  let steps = Mutex(Steps())
  private let tasks = Mutex<[Task<Void, Never>]>([])
  let stopRequest = StopRequest()
  let isServing = Atomic<Bool>(false)

  func background(
    _ name: String, on loop: EventLoop, log: Logger, _ body: @escaping @Sendable () async throws -> Void
  ) {
    let task = Task(executorPreference: loop) { [stopRequest] in
      do {
        try await body()
      } catch is CancellationError {
      } catch {
        log.critical("a background task failed", ["task": .string(name), "error": .describing(error)])
        stopRequest.stop(.failure)
      }
    }
    tasks.withLock { $0.append(task) }
  }

  func endBackground() async {
    let tasks = tasks.withLock { $0 }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
