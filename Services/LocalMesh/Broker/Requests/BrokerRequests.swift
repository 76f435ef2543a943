import EventLoop

/// Answers the requests of all connections, each handler in a file of its own.
struct BrokerRequests: Sendable {
  let log: BrokerLog
  let groups: GroupCoordinator
  let settings: BrokerSettings
  /// The port that clients are told to connect to.
  let port: UInt16
  let loop: EventLoop
  /// Milliseconds since 1970, UTC.
  let now: @Sendable () -> Int64
  /// Takes a line that a person should see.
  let report: @Sendable (String) -> Void

  /// This broker's only node id.
  static let node: Int32 = 1

  /// The answer without its length; nil when none is to be sent.
  ///
  /// - Throws: `MalformedRequest`, which ends the connection.
  func answer(_ request: [UInt8]) async throws -> [UInt8]? {
    var reader = KafkaReader(request)
    let header = try KafkaRequestHeader(&reader)
    var writer = KafkaWriter(capacity: 256)
    writer.int32(header.correlation)
    guard let api = KafkaAPI(rawValue: header.key), api.versions.contains(header.version) else {
      refuse(header, &writer)
      return writer.bytes
    }
    switch api {
    case .apiVersions: apiVersions(header, &writer)
    case .metadata: try await metadata(header, &reader, &writer)
    case .createTopics: try await createTopics(header, &reader, &writer)
    case .produce: return try await produce(header, &reader, &writer) ? writer.bytes : nil
    case .fetch: try await fetch(header, &reader, &writer)
    case .listOffsets: try await listOffsets(header, &reader, &writer)
    case .initProducerID: try await initProducerID(&reader, &writer)
    case .findCoordinator: try findCoordinator(header, &reader, &writer)
    case .joinGroup: try await joinGroup(header, &reader, &writer)
    case .syncGroup: try await syncGroup(header, &reader, &writer)
    case .heartbeat: try await heartbeat(header, &reader, &writer)
    case .leaveGroup: try await leaveGroup(header, &reader, &writer)
    case .offsetCommit: try await offsetCommit(header, &reader, &writer)
    case .offsetFetch: try await offsetFetch(header, &reader, &writer)
    }
    return writer.bytes
  }

  private func refuse(_ header: KafkaRequestHeader, _ writer: inout KafkaWriter) {
    // A client that begins with a newer ApiVersions than ours reads the list from the refusal (KIP-511).
    if header.key == KafkaAPI.apiVersions.rawValue { return Self.listVersions(.unsupportedVersion, &writer) }
    report("refused \(KafkaAPI.name(header.key)) version \(header.version) of client \(header.client): not served")
    writer.error(.unsupportedVersion)
  }
}
