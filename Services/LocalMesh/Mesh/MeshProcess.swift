import Daemon
import EventLoop
import Glibc
import HTTP2Transport
import YAML

/// The whole mesh of one machine: sidecars and their stores in this process, the daemons as its children.
struct MeshProcess: Sendable {
  private let options: Options
  private let directory: DataDirectory
  private let secrets: [String: String]
  private let replicas: [Replica]
  private let resources: ResourceFolder

  /// Reads what says how the mesh is to be: throws before anything is started.
  init(_ options: Options) throws {
    self.options = options
    let path = options.root + "/dapr.yaml"
    guard let document = try YAMLNode.documents(try TextFile.read(path), file: path).first else {
      throw Options.Fault(description: "\(path) is empty")
    }
    let file = try RunFile(document)
    replicas = try Replica.all(file, options)
    resources = try ResourceFolder(path: options.root + "/" + file.resourcesPath)
    directory = try DataDirectory(path: options.data)
    secrets = try directory.secrets()
  }

  /// Runs until SIGINT or SIGTERM.
  func run() async throws {
    let loop = EventLoop(name: "mesh")
    let stop = try await Self.signals(on: loop)
    let database = try await StateDatabase.open(path: directory.path + "/state.sqlite") { Int64(time(nil)) }
    let broker = try await broker()
    let sidecars = try SidecarAssembly(
      replicas: replicas, resources: resources, secrets: secrets, folder: directory.path, loop: loop, state: database,
      log: ReachableLog(log: broker.log) { broker.isUp }, report: Self.report
    ).sidecars()
    for (replica, sidecar) in zip(replicas, sidecars) {
      try await Self.open(sidecar, port: replica.sidecarPort, of: "the sidecar of \(replica.name)")
    }
    let parts: [(String, any FaultyPart)] = zip(replicas, sidecars).map { ("sidecar-\($0.name)", $1) }
    let faults = FaultFolder.watch(parts + [("broker", broker)])
    let daemons = try daemons(on: loop)
    try await loop.run { for daemon in daemons { daemon.start() } }
    let announcement = Task { await announce(loop) }
    for await _ in stop { break }
    announcement.cancel()
    faults?.cancel()
    await Self.stop(daemons, on: loop)
    for sidecar in sidecars { await sidecar.close() }
    await broker.close()
  }

  /// The broker with the topics of protocols.md §2, made before anything could make them with one partition.
  private func broker() async throws -> BrokerPort {
    let log = try BrokerLog(path: directory.path + "/broker.sqlite")
    let present = Set(await log.topics().map(\.name))
    for (name, settings) in Topics.all where !present.contains(name) {
      try await log.createTopic(name, partitions: Topics.partitions, settings: settings)
    }
    var settings = BrokerSettings()
    settings.port = UInt16(9092 + options.portOffset)
    let output = PrefixedOutput(name: "broker", width: 0, index: replicas.count)
    let server = BrokerServer(log: log, settings: settings, loop: EventLoop(name: "broker")) { output.write($0) }
    let broker = BrokerPort(server, log: log)
    try await Self.open(broker, port: Int(settings.port), of: "the broker")
    return broker
  }

  private static func signals(on loop: EventLoop) async throws -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    try await loop.run {
      for number in [SIGTERM, SIGINT] { _ = try SignalWatch(loop: loop, signal: number) { continuation.yield(number) } }
    }
    return stream
  }

  private static let report: @Sendable (String) -> Void = { line in
    let bytes = Array("local-mesh: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// A mesh that was killed leaves daemons that end within a second: their ports are waited for.
  private static func open(_ part: some FaultyPart, port: Int, of owner: String) async throws {
    for attempt in 0... {
      do { return try await part.open() } catch let error as UVError where error.isAddressInUse {
        guard attempt < 60 else {
          throw Options.Fault(
            description: "port \(port), for \(owner), is taken: "
              + "end what listens there, or choose other ports with --port-offset")
        }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  private func daemons(on loop: EventLoop) throws -> [SupervisedProcess] {
    let width = replicas.map(\.name.utf8.count).max() ?? 0
    var daemons: [SupervisedProcess] = []
    for (index, replica) in replicas.enumerated() {
      let command = replica.app.command
      guard let program = command.first else {
        throw Options.Fault(description: "dapr.yaml gives \(replica.app.id) no command")
      }
      daemons.append(
        SupervisedProcess(
          loop: loop,
          command: SupervisedProcess.Command(
            name: replica.name, executable: program.contains("/") ? program : options.bin + "/" + program,
            arguments: Array(command.dropFirst()), environment: try environment(of: replica)),
          delay: RestartDelay(step: options.restartStep),
          output: PrefixedOutput(name: replica.name, width: width, index: index)))
    }
    return daemons
  }

  /// Those that read the topics by themselves, beside their sidecars.
  private static let readersOfKafka: Set<String> = ["task-api", "search-indexer"]

  private func environment(of replica: Replica) throws -> [String: String] {
    var variables = [
      "PATH": ProcessEnvironment.variables["PATH"] ?? "/usr/bin:/bin",
      "APP_PORT": String(replica.port), "DAPR_HTTP_PORT": String(replica.sidecarPort),
      "DAPR_API_TOKEN": secrets["dapr-api-token"] ?? "", "APP_API_TOKEN": secrets["app-api-token"] ?? "",
      "TASKMESH_PARENT": String(getpid()), "TASKMESH_DRAIN": "3s",
    ]
    if Self.readersOfKafka.contains(replica.app.id) {
      variables["TASKMESH_KAFKA"] = "127.0.0.1:\(9092 + options.portOffset)"
    }
    if replica.app.id == "search-indexer" { variables["TASKMESH_DATA"] = try directory.folder(replica.name) }
    if replica.app.id == "task-api" {
      variables["TASKMESH_AUTH"] = "loopback"
      variables["TASKMESH_CORS"] = options.corsOrigins.joined(separator: ",")
    }
    if isatty(STDOUT_FILENO) == 1 { variables["TASKMESH_LOG_FORMAT"] = "text" }
    return variables.merging(replica.app.environment) { $1 }
  }

  /// Says `ready` once task-api does.
  private func announce(_ loop: EventLoop) async {
    guard let api = replicas.first(where: { $0.app.id == "task-api" }) else { return }
    let client = HTTPClient(loop: loop, port: UInt16(api.port))
    while !Task.isCancelled {
      let response = try? await client.send(HTTPRequest(.get, "/readyz"), deadline: .seconds(2))
      if response?.status == 200 { break }
      try? await Task.sleep(for: .milliseconds(50))
    }
    guard !Task.isCancelled else { return }
    let text = """
      ready
      API      http://127.0.0.1:\(api.port)/api/v1
      metrics  http://127.0.0.1:\(api.port)/metrics
      broker   127.0.0.1:\(9092 + options.portOffset)
      data     \(directory.path)
      The daemons are real; sidecars, state store and Kafka broker are LocalMesh, a stand-in on one machine.
      A first task:
        curl -s http://127.0.0.1:\(api.port)/api/v1/tasks -H 'content-type: application/json' -d '{"title": "Try Taskmesh"}'

      """
    _ = text.utf8.withContiguousStorageIfAvailable { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  /// All at once: each drains what it has begun, and the sidecars stay up for that.
  private static func stop(_ daemons: [SupervisedProcess], on loop: EventLoop) async {
    await withTaskGroup(of: Void.self) { group in
      for daemon in daemons {
        group.addTask {
          await withCheckedContinuation { continuation in
            loop.execute { daemon.stop(grace: .seconds(4)) { continuation.resume() } }
          }
        }
      }
    }
  }
}
