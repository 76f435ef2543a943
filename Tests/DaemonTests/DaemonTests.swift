import EventLoop
import Glibc
import HTTP2Transport
import JSON
import JSONLog
import Synchronization
import Testing

@testable import Daemon

/// A daemon on a free port with its lines kept.
private struct Served: Sendable {
  let daemon: RunningDaemon
  let client: HTTPClient
  let lines: Lines

  final class Lines: Sendable {
    let all = Mutex<[JSONValue]>([])
    func request(_ path: String) -> JSONValue? { all.withLock { $0.last { $0["path"]?.string == path } } }
  }

  init(
    token: String? = nil, _ start: @escaping @Sendable (DaemonContext<SampleSettings>) async throws -> DaemonRoutes
  ) async throws {
    var environment = ["APP_PORT": "0", "TASKMESH_DRAIN": "2s"]
    environment["APP_API_TOKEN"] = token
    guard
      case .run(let base, let settings) = Invocation<SampleSettings>(
        name: "sample", arguments: [], environment: environment)
    else { throw NotReady("the settings were refused") }
    let lines = Lines()
    let log = Logger(
      sink: LogSink(
        format: .json,
        write: { line in
          if let value = try? JSONValue(parsing: Array(line.dropLast())) { lines.all.withLock { $0.append(value) } }
        }), level: .debug)
    self.lines = lines
    daemon = try await RunningDaemon.start(
      "sample", base, settings, loop: EventLoop(name: "daemon"), log: log, parts: DaemonParts(), start)
    client = HTTPClient(loop: EventLoop(name: "client"), port: daemon.port)
  }

  func get(_ path: String, _ headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
    try await client.send(HTTPRequest(.get, path, headers: headers), deadline: .seconds(10))
  }
}

@Suite struct DaemonTests {
  private static func routes(_ context: DaemonContext<SampleSettings>) -> DaemonRoutes {
    var api = Router()
    api.on(.get, "/api/echo") { request throws(Problem) in .text(request.trace?.header ?? "none") }
    api.on(.get, "/api/broken") { _ throws(Problem) in throw Problem(500, "It broke.") }
    return DaemonRoutes(everyone: api, sidecar: sidecar, under: ["/dapr", "/reminder-tick"])
  }

  private static var sidecar: Router {
    var router = Router()
    router.immediate(.get, "/dapr/subscribe") { _ in .json(Array("[]".utf8)) }
    router.immediate(.post, "/reminder-tick") { _ in HTTPResponse(status: 200) }
    return router
  }

  @Test func healthReadinessAndMetricsNeedNoToken() async throws {
    let isBroken = Mutex(true)
    let served = try await Served(token: "s3cret") { context in
      await context.readiness.add("store") { if isBroken.withLock({ $0 }) { throw NotReady("it is away") } }
      await context.readiness.add("sidecar") {}
      return Self.routes(context)
    }
    let alive = try await served.get("/healthz")
    #expect(alive.status == 200 && alive.body == Array(#"{"status":"ok"}"#.utf8))
    let notReady = try await served.get("/readyz")
    #expect(notReady.status == 503)
    #expect(
      String(decoding: notReady.body, as: UTF8.self)
        == #"{"status":"not ready","failing":[{"check":"store","reason":"it is away"}]}"#)
    let metrics = try await served.get("/metrics")
    #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    let page = String(decoding: metrics.body, as: UTF8.self)
    #expect(page.contains("taskmesh_http_requests_total{method=\"GET\",status=\"503\"} 1\n"))
    #expect(page.contains("taskmesh_http_request_seconds_count 2\n"))
    let wrongMethod = try await served.client.send(HTTPRequest(.post, "/healthz"), deadline: .seconds(5))
    #expect(wrongMethod.status == 405 && wrongMethod.headers["allow"] == "GET")
    #expect(await served.daemon.stop())
  }

  @Test func onlyTheSidecarMayCallItsRoutes() async throws {
    let served = try await Served(token: "s3cret") { Self.routes($0) }
    for headers in [[:], ["dapr-api-token": "s3creT"], ["dapr-api-token": ""]] as [HTTPHeaders] {
      #expect(try await served.get("/dapr/subscribe", headers).status == 401)
    }
    #expect(try await served.get("/dapr/subscribe", ["dapr-api-token": "s3cret"]).status == 200)
    #expect(try await served.get("/dapr/nothing").status == 401)
    #expect(try await served.get("/dapr/nothing", ["dapr-api-token": "s3cret"]).status == 404)
    #expect(try await served.get("/daprx").status == 404)
    #expect(try await served.get("/api/echo").status == 200)
    #expect(await served.daemon.stop())
  }

  @Test func withoutATokenLoopbackCounts() async throws {
    let served = try await Served { _ in DaemonRoutes(sidecar: Self.sidecar) }
    #expect(try await served.get("/dapr/subscribe").status == 200)
    #expect(await served.daemon.stop())
    let guarded = SidecarGuard(token: nil)
    #expect(!guarded.admits(HTTPRequest(.get, "/dapr/subscribe")), "not known to come over loopback")
  }

  @Test func aRequestHasATraceAndALine() async throws {
    let served = try await Served { Self.routes($0) }
    let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let known = String(
      decoding: try await served.get("/api/echo?q=private", ["traceparent": given]).body, as: UTF8.self)
    #expect(known.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-") && known.hasSuffix("-01") && known != given)
    let line = try #require(served.lines.request("/api/echo"))
    #expect(line["traceId"]?.string == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(line["status"]?.int == 200 && line["method"]?.string == "GET" && line["level"]?.string == "debug")
    let none = "00-00000000000000000000000000000000-0000000000000000-00"
    let made = String(decoding: try await served.get("/api/echo", ["traceparent": none]).body, as: UTF8.self)
    #expect(TraceContext(made) != nil, "\(made)")
    _ = try await served.get("/api/broken")
    #expect(served.lines.request("/api/broken")?["level"]?.string == "warning")
    #expect(await served.daemon.stop())
  }

  @Test func aStopIsInOrder() async throws {
    let events = Mutex<[String]>([])
    @Sendable func note(_ event: String) { events.withLock { $0.append(event) } }
    let served = try await Served { context in
      context.background("worker") {
        // Until it is cancelled.
        let (stream, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        note("background ended")
      }
      context.atDrain { note("drain") }
      context.atStop { note("first made, last ended") }
      context.atStop { note("last made, first ended") }
      return Self.routes(context)
    }
    _ = try await served.get("/healthz")
    #expect(await served.daemon.stop())
    #expect(
      events.withLock { $0 } == ["drain", "background ended", "last made, first ended", "first made, last ended"])
    await #expect(throws: HTTPClientError.self) { try await served.get("/healthz") }
  }

  @Test func aBackgroundTaskThatFailsStopsTheDaemon() async throws {
    struct Lost: Error {}
    let served = try await Served { context in
      context.background("consumer") { throw Lost() }
      return Self.routes(context)
    }
    #expect(await served.daemon.parts.stopRequest.wait() == .failure)
    #expect(await served.daemon.stop())
  }

  @Test func aPortThatIsTakenIsAnErrorThatNamesIt() async throws {
    let served = try await Served { Self.routes($0) }
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [port = String(served.daemon.port) as String] in
      await Daemon.run(
        "sample", settings: SampleSettings.self, arguments: [], environment: ["APP_PORT": port]
      ) { DaemonTests.routes($0) }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("cannot start") && text.contains(":\(served.daemon.port)"))
    #expect(await served.daemon.stop())
  }

  @Test(arguments: [SIGTERM, SIGINT]) func aSignalStopsTheProcessInOrder(signal: Int32) async {
    let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      [signal = signal as Int32] in
      await Daemon.run("sample", settings: SampleSettings.self, arguments: [], environment: ["APP_PORT": "0"]) {
        context in
        context.background("end") {
          let limit = ContinuousClock.now + .seconds(20)
          while !context.parts.isServing.load(ordering: .relaxed) {
            guard ContinuousClock.now < limit else { fatalError("the daemon did not serve within 20 seconds") }
            await Task.yield()
          }
          kill(getpid(), signal)
        }
        context.atStop { context.log.info("last step") }
        return DaemonTests.routes(context)
      }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(#""message":"last step""#) && text.contains(#""orderly":true"#))
  }

  @Test func aSignalBeforeItServesEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(0)) {
      await Daemon.run("sample", settings: SampleSettings.self, arguments: [], environment: ["APP_PORT": "0"]) {
        context in
        context.background("end") { kill(getpid(), SIGTERM) }
        // As if it waited for a sidecar that never comes.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        defer { continuation.finish() }
        for await _ in stream {}
        return DaemonTests.routes(context)
      }
    }
  }

  @Test func settingsThatCannotBeReadEndWith64() async {
    let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      await Daemon.run(
        "sample", settings: SampleSettings.self, arguments: [], environment: ["APP_PORT": "x", "TASKMESH_SHARDS": "0"]
      ) { DaemonTests.routes($0) }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("APP_PORT") && text.contains("TASKMESH_SHARDS"))
  }

  @Test func aDaemonWhoseSupervisorIsGoneDoesNotStart() async {
    await #expect(processExitsWith: .exitCode(1)) {
      await Daemon.run(
        "sample", settings: SampleSettings.self, arguments: [],
        environment: ["APP_PORT": "0", "TASKMESH_PARENT": String(Int32.max)]
      ) { DaemonTests.routes($0) }
    }
  }
}
