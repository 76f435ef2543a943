import DaprClient
import Daemon
import EventLoop
import Glibc
import HTTP2Transport
import Recurrence
import TaskModel
import TaskQuery
import Tokens

/// Checks, stores and answers: the REST API of Taskmesh.
@main
struct TaskAPI {
  static func main() async {
    await Daemon.run("task-api", settings: TaskAPISettings.self) { context in
      let base = context.base
      let dapr = DaprClient(
        transport: HTTPClient(loop: context.loop, host: base.daprHost, port: base.daprPort),
        apiToken: base.daprAPIToken?.reveal())
      let key = SigningKey()
      context.background("signing key") { try await key.read(from: dapr, log: context.log) }
      await context.readiness.add("sidecar") { try await Self.require(dapr.isOutboundReady(), "it does not answer") }
      await context.readiness.add("secrets") { try Self.require(key.current != nil, "jwt-secret has not been read") }
      let state = dapr.state("statestore")
      let store = SidecarStore(store: state, reader: StateReader(state, executor: context.loop))
      let settings = JournalSettings(lease: context.settings.lease, longestPause: context.settings.longestPause)
      let probe = StoreProbe(store: store, settings: settings)
      await context.readiness.add("state store") {
        _ = try await state.get("task/none")
        if let fault = probe.fault { throw NotReady(fault) }
      }
      let journal = JournalWriter(
        store: store, topic: SidecarTopic(pubsub: dapr.pubsub("pubsub"), topic: "task-events"),
        settings: settings, executor: context.loop, logger: context.log,
        presentState: { (try? StoredTask(json: $0.value.span))?.outgoingEvent })
      context.background("journal") { await journal.run(after: probe) }
      context.atStop { await journal.stop() }
      await context.readiness.add("journal") {
        try Self.require(journal.isWritable, "no journal is held, or events cannot be published")
      }

      try await MeshReadiness(dapr: dapr, kafka: ["bootstrap.servers": context.settings.kafka])
        .add(to: context.readiness)

      let zones = ZoneDatabase()
      let ids = UUIDv7Generator()
      let origins = Origins(context.settings.corsOrigins)
      let authenticator = Authenticator(
        mode: context.settings.authentication, origins: origins, key: { key.current }, now: { Double(time(nil)) })
      let rules = TaskRules(
        isKnownZone: { (try? zones.zone(named: $0)) != nil },
        ruleFault: { text in
          do throws(RecurrenceRuleError) {
            _ = try RecurrenceRule.rules(text)
            return nil
          } catch { return error.description }
        }, foldCase: caseFolded)
      let writer = TaskWriter(
        tasks: TaskStore(store: store, journal: journal), locks: KeyLocks(), zones: zones,
        ids: { ids.next(milliseconds: Instant.now().millisecondsSinceEpoch).description },
        now: { Instant.now().roundedDownToMilliseconds })
      let index = IndexClient(dapr, executor: context.loop)
      let children = ChildrenQuery(index: index, now: { Instant.now() })
      let markers = MarkerPublisher(publication: journal.publication)
      let subtasks = Subtasks(
        writer: writer,
        find: { parents, owner, areDeleted, after async throws(Problem) in
          try await children(of: parents, owner: owner, areDeleted: areDeleted, after: after)
        }, markers: markers, log: context.log)
      var everyone = Router()
      TaskRoutes(authenticator: authenticator, writer: writer, rules: rules, markers: markers, subtasks: subtasks)
        .add(to: &everyone)
      HistoryRoute(authenticator: authenticator, tasks: writer.tasks).add(to: &everyone)
      let batches = BatchWriter(writer: writer)
      BatchRoute(
        authenticator: authenticator, batches: batches, markers: markers, subtasks: subtasks, rules: rules
      ).add(to: &everyone)
      ImportRoute(authenticator: authenticator, batches: batches, markers: markers, rules: rules).add(to: &everyone)
      QueryRoutes(authenticator: authenticator, index: index, now: { Instant.now() }).add(to: &everyone)
      let feed = EventFeed()
      let stream = await Self.follow(feed, context)
      EventsRoute(authenticator: authenticator, feed: feed, stream: stream).add(to: &everyone)
      var sidecar = Router()
      OccurrenceRoutes(writer: writer).add(to: &sidecar)
      PresentStateRoute(
        states: PresentStates(
          writer: writer, subtasks: subtasks, topic: SidecarTopic(pubsub: dapr.pubsub("pubsub"), topic: "task-events"),
          bury: { tombstone throws(DaprError) in
            try await dapr.pubsub("pubsub").publish(tombstone, to: "task-events", isRaw: true)
          }, log: context.log)
      ).add(to: &sidecar)
      return DaemonRoutes(
        everyone: APIService(routes: AdmittedRoutes(everyone, metrics: context.metrics), origins: origins),
        sidecar: sidecar, under: ["/dapr", "/internal"])
    }
  }

  /// Follows the topics for the listeners of this replica, on a loop of its own.
  private static func follow(
    _ feed: EventFeed, _ context: DaemonContext<TaskAPISettings>
  ) async -> FeedStream {
    let follower = TopicFollower(
      settings: ["bootstrap.servers": context.settings.kafka], loop: EventLoop(name: "kafka"), feed: feed,
      log: context.log)
    context.background("event feed") { await follower.run() }
    context.background("event feed's beat") {
      while true {
        try await Task.sleep(for: EventsRoute.beat)
        feed.beat()
      }
    }
    context.atDrain { feed.end() }
    await context.readiness.add("events") { try require(feed.isFollowing, "the topics are not followed yet") }
    return FeedStream(feed: feed) { start, end, each in
      try await follower.backlog(from: start, to: end, now: Int64(Instant.now().millisecondsSinceEpoch), each)
    }
  }

  private static func require(_ holds: Bool, _ reason: String) throws {
    if !holds { throw NotReady(reason) }
  }
}
