import EventLoop
import Glibc
import JSONLog
import Synchronization

/// A process that serves until it is told to stop. A daemon's main is little more than
///
///     await Daemon.run("notifier", settings: NotifierSettings.self) { context in
///       let sidecar = DaprClient(transport: HTTPClient(loop: context.loop, port: context.base.daprPort), …)
///       await context.readiness.add("sidecar") { … }
///       context.background("reminders") { … }
///       return DaemonRoutes(sidecar: router)
///     }
public enum Daemon {
  /// Reads the settings, has `start` make the daemon's parts, serves, and stops at SIGTERM or SIGINT, or when a background task
  /// fails. `start` must not wait for `/v1.0/healthz` of the sidecar, which waits for this daemon's port.
  ///
  /// Ends the process: 0 after an orderly stop, 64 for settings that cannot be read, 1 otherwise.
  public static func run<Settings: DaemonSettings>(
    _ name: String, settings: Settings.Type,
    _ start: @escaping @Sendable (DaemonContext<Settings>) async throws -> DaemonRoutes
  ) async -> Never {
    await run(
      name, settings: settings, arguments: Array(CommandLine.arguments.dropFirst()),
      environment: ProcessEnvironment.variables,
      start)
  }

  static func run<Settings: DaemonSettings>(
    _ name: String, settings: Settings.Type, arguments: [String], environment: [String: String],
    _ start: @escaping @Sendable (DaemonContext<Settings>) async throws -> DaemonRoutes
  ) async -> Never {
    switch Invocation<Settings>(name: name, arguments: arguments, environment: environment) {
    case .help(let text):
      write(text, to: STDOUT_FILENO)
      exit(0)
    case .refuse(let text):
      write(text, to: STDERR_FILENO)
      exit(Invocation<Settings>.usageExitCode)
    case .run(let base, let settings):
      exit(await serve(name, base, settings, start))
    }
  }

  /// - Returns: the exit code.
  static func serve<Settings: DaemonSettings>(
    _ name: String, _ base: BaseSettings, _ settings: Settings,
    _ start: @escaping @Sendable (DaemonContext<Settings>) async throws -> DaemonRoutes
  ) async -> Int32 {
    let sink = LogSink(format: base.logFormat ?? LogSink.automaticFormat)
    let log = Logger(sink: sink, level: base.logLevel).with(["app": .string(name)])
    if let parent = base.parent, !ParentProcess.dieWith(parent) {
      log.notice("the supervisor is gone")
      return 1
    }
    let loop = EventLoop(name: name)
    let parts = DaemonParts()
    do {
      try await watchSignals(on: loop, parts)
      let daemon = try await RunningDaemon.start(
        name, base, settings, loop: loop, log: log, parts: parts, start)
      parts.isServing.store(true, ordering: .relaxed)
      log.info("serving", ["host": .string(base.host), "port": .int(Int(daemon.port))])
      let reason = await parts.stopRequest.wait()
      if case .signal(let number) = reason { log.info("stopping", ["signal": .int(Int(number))]) }
      let began = ContinuousClock.now
      let isOrderly = await daemon.stop()
      log.log(
        isOrderly ? .info : .error, "stopped",
        ["orderly": .bool(isOrderly), "took": .milliseconds(began.duration(to: .now))])
      return isOrderly && reason != .failure ? 0 : 1
    } catch {
      log.critical("cannot start", ["error": .describing(error)])
      return 1
    }
  }

  /// A second signal ends the process at once, and so does one before it serves, when there is nothing to drain.
  private static func watchSignals(on loop: EventLoop, _ parts: DaemonParts) async throws {
    try await loop.run {
      for number in [SIGTERM, SIGINT] {
        _ = try SignalWatch(loop: loop, signal: number) {
          if !parts.isServing.load(ordering: .relaxed) { exit(0) }
          if !parts.stopRequest.stop(.signal(number)) { exit(1) }
        }
      }
    }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      // What a closed terminal does not take is of no use to anyone.
      _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }
}
