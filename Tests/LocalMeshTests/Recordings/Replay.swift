import HTTP2Transport
import JSON

@testable import LocalMesh

/// Plays the parts of apps and producers in a recording and compares what LocalMesh does with what daprd did.
struct Replay {
  private let recording: Recording
  private let mesh: RecordedMesh
  private var renewed: [String: String] = [:]
  private var sidecars: [String: Sidecar] = [:]
  private var subscribers: [String: Subscriber] = [:]
  /// What came before it was asked for: partitions overtake each other.
  private var early: [String: [PlayedApp.Arrival]] = [:]
  private var differences: [String] = []

  init(_ recording: Recording) async throws {
    self.recording = recording
    mesh = try await RecordedMesh(recording, pauses: 40)
  }

  /// The differences, in words.
  mutating func run() async throws -> [String] {
    for (index, exchange) in recording.exchanges.enumerated() {
      let found = try await play(exchange)
      differences += found.map { "\(index) \(exchange.method) \(exchange.path): \($0)" }
    }
    if recording.value["note"]?.string == "nothing is delivered" { differences += try await expectNothing() }
    for subscriber in subscribers.keys { await subscribers[subscriber]?.leave(subscriber) }
    return differences
  }

  /// The record is tried again and again, and never sent.
  private mutating func expectNothing() async throws -> [String] {
    subscribers["notifier"] = try await mesh.subscribe("notifier")
    await mesh.clock.waitUntilStill()
    let sent = mesh.requests(to: "notifier")?.waiting.map(\.request).filter { !$0.path.hasPrefix("/dapr/") } ?? []
    return sent.map { "\($0.method) \($0.target) was sent" }
  }

  private mutating func play(_ exchange: Exchange) async throws -> [String] {
    switch exchange.kind {
    case .call(let app): return try await call(app, exchange)
    case .delivery(let app): return try await delivery(app, exchange)
    case .produced:
      guard let record = exchange.brokerRecord, let topic = exchange.record?["topic"]?.string else { return [] }
      try await mesh.log.append(
        [record], to: TopicPartition(topic, Int32(exchange.record?["partition"]?.int ?? 0)))
      return []
    case .stored: return try await stored(exchange)
    case .other: return []
    }
  }

  private mutating func call(_ app: String, _ exchange: Exchange) async throws -> [String] {
    if sidecars[app] == nil { sidecars[app] = try mesh.sidecar(app) }
    guard let sidecar = sidecars[app] else { return ["no sidecar"] }
    let response = await sidecar.answer(exchange.request(renewed))
    let body = await response.wholeBody
    return Comparison(exchange, response, body, &renewed).differences
  }

  private mutating func delivery(_ app: String, _ exchange: Exchange) async throws -> [String] {
    let isSubscriber = recording.resources.contains { $0.contains("pubsub.") }
    if isSubscriber, subscribers[app] == nil { subscribers[app] = try await mesh.subscribe(app) }
    let earlier = early[app] ?? []
    for (index, arrival) in earlier.enumerated()
    where RequestComparison(exchange, arrival.request, &renewed).differences.isEmpty {
      early[app]?.remove(at: index)
      return []
    }
    var unlike: [String] = ["nothing came"]
    // As many as are still to come may lie before the one that is looked for.
    while let arrival = isSubscriber ? await mesh.requests(to: app)?.next() : mesh.requests(to: app)?.nextIfThere() {
      let request = arrival.request
      if request.path.hasPrefix("/dapr/"), !exchange.path.hasPrefix("/dapr/") { continue }
      unlike = RequestComparison(exchange, request, &renewed).differences
      if unlike.isEmpty { return time(exchange, arrival.elapsed) }
      early[app, default: []].append(arrival)
      if early[app, default: []].count >= expected(app) { break }
    }
    return unlike
  }

  private func expected(_ app: String) -> Int {
    recording.exchanges.filter { if case .delivery(app) = $0.kind { true } else { false } }.count
  }

  /// Whether as many pauses of five seconds lie before this delivery as there were.
  private func time(_ exchange: Exchange, _ elapsed: Duration) -> [String] {
    // A partition that waits does not hold up another, but the clock that skips its pauses runs for both.
    let partitions = Set(recording.exchanges.compactMap { $0.record?["partition"]?.int })
    guard partitions.count <= 1, let milliseconds = exchange.milliseconds else { return [] }
    let seconds = Int(elapsed.components.seconds)
    let differs = seconds / 5 != milliseconds / 5000
    return differs ? ["came after \(seconds) s, not \(milliseconds) ms"] : []
  }

  private mutating func stored(_ exchange: Exchange) async throws -> [String] {
    guard let record = exchange.record, let topic = record["topic"]?.string else { return [] }
    if let app = mesh.buries(in: topic), subscribers[app] == nil { subscribers[app] = try await mesh.subscribe(app) }
    let partitions = (0..<recording.partitions(of: topic)).map { TopicPartition(topic, $0) }
    let expected = recording.exchanges.filter { $0.to == "kafka" && $0.record?["topic"]?.string == topic }.count
    while true {
      var found: [StoredEvent] = []
      var ends: [TopicPartition: Int64] = [:]
      for partition in partitions {
        let records = try await mesh.log.read(partition, from: 0, maxBytes: 1 << 30)
        found += records.map { StoredEvent(record: $0, partition: partition) }
        ends[partition] = records.last.map { $0.offset + 1 } ?? 0
      }
      let best = found.map { RecordComparison(exchange, $0).differences }.min { $0.count < $1.count }
      if best == [] || found.count >= expected { return best ?? ["no record in \(topic)"] }
      // Dead letters are written after the app's answer.
      try await mesh.log.waitForAppend(beyond: ends)
    }
  }
}

extension Sidecar {
  /// Routes and handles a request without a socket.
  func answer(_ request: HTTPRequest) async -> HTTPResponse {
    var request = request
    let route = self.route(request)
    request.parameters = route.parameters
    switch route.handler {
    case .refusal(let response): return response
    case .immediate(let handler): return handler(request)
    case .task(let handler): return await handler(request)
    }
  }
}
