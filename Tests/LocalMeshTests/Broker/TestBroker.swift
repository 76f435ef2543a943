import EventLoop
import KafkaClient
import Synchronization
import Testing

@testable import LocalMesh

/// A broker on a free port with a file of its own.
final class TestBroker: Sendable {
  static let clientLoop = EventLoop(name: "kafka-client")
  private static let brokerLoop = EventLoop(name: "broker")

  private let folder: TemporaryFolder
  let log: BrokerLog
  let server: BrokerServer
  let port: UInt16
  /// What the broker reported.
  let lines: Lines
  var settings: [String: String] { ["bootstrap.servers": "127.0.0.1:\(port)"] }

  /// - Parameters:
  ///   - topics: their partitions.
  ///   - topicSettings: by default nothing expires: many records of tests are of 1970.
  static func start(
    _ topics: [String: Int32] = ["t": 1], topicSettings: TopicSettings = TopicSettings(retention: nil),
    settings: BrokerSettings = BrokerSettings()
  ) async throws -> TestBroker {
    let folder = try TemporaryFolder()
    let log = try BrokerLog(path: folder.path + "/broker.sqlite")
    for (topic, partitions) in topics {
      try await log.createTopic(topic, partitions: partitions, settings: topicSettings)
    }
    var settings = settings
    settings.port = 0
    let lines = Lines()
    let server = BrokerServer(log: log, settings: settings, loop: brokerLoop) { lines.add($0) }
    return TestBroker(folder: folder, log: log, server: server, port: try await server.open(), lines: lines)
  }

  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  private init(folder: TemporaryFolder, log: BrokerLog, server: BrokerServer, port: UInt16, lines: Lines) {
    self.folder = folder
    self.log = log
    self.server = server
    self.port = port
    self.lines = lines
  }

  deinit { Task { [server] in await server.close() } }

  func producer(isIdempotent: Bool = true, _ more: [String: String] = [:]) async throws -> KafkaProducer {
    try await KafkaProducer(
      settings: settings.merging(more) { $1 }, isIdempotent: isIdempotent, loop: Self.clientLoop)
  }

  func consumer(
    _ topic: String = "t", partition: Int32 = 0, from offset: KafkaOffset = .earliest
  ) async throws -> KafkaConsumer {
    let consumer = try await KafkaConsumer(settings: settings, loop: Self.clientLoop)
    try await consumer.assign([KafkaPosition(topic: topic, partition: partition, offset: offset)])
    return consumer
  }
}

extension KafkaConsumer {
  /// Reads until the end of the one partition.
  func readToEnd() async throws -> [KafkaRecord] {
    var records: [KafkaRecord] = []
    while true {
      let batch = try await next()
      records += batch.records
      if !batch.ends.isEmpty { return records }
    }
  }
}

func texts(_ records: [KafkaRecord]) -> [String?] {
  records.map { $0.value.map { String(decoding: $0, as: UTF8.self) } }
}
