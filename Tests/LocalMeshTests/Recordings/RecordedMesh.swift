import Foundation
import Glibc
import HTTP2Transport
import JSON
import Synchronization
import YAML

@testable import LocalMesh

/// A LocalMesh set up as a recording's daprd was: its resources, its apps, its topics.
final class RecordedMesh: Sendable {
  let log: BrokerLog
  let clock: SkippingClock
  private let recording: Recording
  private let folder: TemporaryFolder
  private let components: [Component]
  private let subscriptions: [Subscription]
  private let state: StateDatabase
  private let producer: Producer
  private let apps: [String: PlayedApp]

  /// - Parameter pauses: how many pauses of the sidecars are over at once.
  init(_ recording: Recording, pauses: Int) async throws {
    self.recording = recording
    folder = try TemporaryFolder()
    for member in recording.value["files"]?.members ?? [] {
      try Data((member.value.string ?? "").utf8).write(to: URL(fileURLWithPath: folder.path + "/" + member.name))
    }
    var components: [Component] = []
    var subscriptions: [Subscription] = []
    for document in try recording.resources.flatMap({ try YAMLNode.documents(Array($0.utf8), file: recording.name) }) {
      switch try document.required("kind").text() {
      case "Component": components.append(try Component(document))
      case "Subscription": subscriptions.append(try Subscription(document))
      default: break
      }
    }
    self.components = components
    self.subscriptions = subscriptions
    clock = SkippingClock(limit: pauses)
    state = try await StateDatabase.open(path: folder.path + "/state.sqlite") { Int64(time(nil)) }
    log = try BrokerLog(path: folder.path + "/broker.sqlite")
    producer = Producer(log: log, clock: clock.clock)
    for topic in recording.topics.union(subscriptions.map(\.topic)).union(["pub-events"]) where !topic.contains("/") {
      try await log.createTopic(topic, partitions: recording.partitions(of: topic), settings: TopicSettings())
    }
    var apps: [String: PlayedApp] = [:]
    for case .delivery(let app) in recording.exchanges.map(\.kind) where apps[app] == nil {
      apps[app] = try await PlayedApp(app, recording, clock)
    }
    if apps.isEmpty, !subscriptions.isEmpty { apps["notifier"] = try await PlayedApp("notifier", recording, clock) }
    self.apps = apps
  }

  /// The app whose dead letters go to a topic.
  func buries(in topic: String) -> String? {
    subscriptions.contains { $0.deadLetterTopic == topic } ? apps.keys.first : nil
  }

  /// What an app is sent, in order.
  func requests(to app: String) -> Arrivals<PlayedApp.Arrival>? { apps[app]?.arrivals }

  /// The sidecar of an app, with its peers.
  func sidecar(_ app: String) throws -> Sidecar {
    let loaded = components.filter { $0.isFor(app) }
    var states: [String: StateComponent] = [:]
    for component in loaded where component.type.hasPrefix("state.") {
      states[component.name] = try StateComponent(component, app: app)
    }
    var invocation = Invocation(
      caller: app,
      apps: apps.mapValues { [Invocation.Target(channel: $0.channel, isSidecarUp: { true })] }, traffic: Traffic())
    invocation.retryPause = .zero
    return Sidecar(
      app: app, token: "", components: loaded, state: StateAPI(app: app, components: states, database: state),
      secrets: try SecretStores(
        loaded.filter { $0.type.hasPrefix("secretstores.") }, folder: folder.path, environment: recording.environment),
      publish: PublishAPI(app: app, components: try pubsubs(app), producer: producer, clock: clock.clock),
      invocation: invocation, shutdown: {})
  }

  /// Starts deliveries to an app as its sidecar's start does.
  func subscribe(_ app: String) async throws -> Subscriber {
    guard let channel = apps[app]?.channel else { throw Recording.MissingFolder(description: "no app \(app)") }
    let pubsubs = try pubsubs(app)
    let start = AppStart(
      channel: channel, hasPubSub: true, declared: subscriptions.filter { $0.isFor(app) }, bindings: [],
      clock: clock.clock, report: { _ in })
    let subscriber = Subscriber(
      components: pubsubs, log: log, producer: producer, loop: nil, clock: clock.clock, commitClock: .hasty,
      report: { _ in })
    await subscriber.join(
      Subscribers.Member(name: app, channel: channel, subscriptions: try await start.ask().subscriptions))
    return subscriber
  }

  private func pubsubs(_ app: String) throws -> [String: PubSubComponent] {
    var pubsubs: [String: PubSubComponent] = [:]
    for component in components where component.type.hasPrefix("pubsub.") && component.isFor(app) {
      pubsubs[component.name] = try PubSubComponent(component, app: app)
    }
    return pubsubs
  }
}

/// An app that answers as the recorded one did: per method and path in order, and of these per body where it is a recorded one.
final class PlayedApp: Sendable {
  let channel: AppChannel
  let arrivals = Arrivals<Arrival>()
  private let server: HTTPServer

  /// A request, and how much time the mesh's clock had skipped when it came.
  struct Arrival: Sendable {
    let request: HTTPRequest
    let elapsed: Duration
  }

  private struct Answer {
    let body: [UInt8]
    let response: HTTPResponse
  }

  init(_ name: String, _ recording: Recording, _ clock: SkippingClock) async throws {
    var answers: [String: [Answer]] = [:]
    for exchange in recording.exchanges where exchange.to == "app:" + name && exchange.hasResponse {
      answers["\(exchange.method) \(exchange.path)", default: []].append(
        Answer(body: exchange.requestBody, response: exchange.response))
    }
    let bodies = Set(answers.values.joined().map(\.body))
    let left = Mutex(answers)
    let app = TestApp { [arrivals] request in
      arrivals.add(Arrival(request: request, elapsed: clock.elapsed))
      return left.withLock { left in
        let key = "\(request.method) \(request.target)"
        // Partitions overtake each other: a recorded body has answers of its own.
        let isRecorded = bodies.contains(request.body)
        let index = left[key]?.firstIndex { !isRecorded || $0.body == request.body }
        guard let index, let answer = left[key]?.remove(at: index) else { return HTTPResponse(status: 404) }
        return answer.response
      }
    }
    server = try await app.start()
    channel = server.channel(app: name)
  }

  deinit { server.closeAtOnce() }
}
