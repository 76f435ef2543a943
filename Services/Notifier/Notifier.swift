import Daemon
import DaprClient
import HTTP2Transport
import JSONLog
import Metrics
import Recurrence
import Tokens

/// The notifier's parts and what its sidecar calls.
struct Notifier: Sendable {
  /// The cron binding that makes it fire.
  static let tickBinding = "reminder-tick"

  let consumer: TaskEventConsumer
  let firer: Firer
  let leases: LeaseKeeper
  private let ticks = TickSignal()

  init(
    store: any ReminderStore, sink: any EventSink, clock: NotifierClock, zones: ZoneDatabase, log: Logger,
    metrics: MetricsRegistry, replica: String = UUID.random().description, times: LeaseTimes = LeaseTimes()
  ) {
    consumer = TaskEventConsumer(
      writer: ScheduleWriter(store: store, log: log, now: clock.now), sink: sink, zones: zones, log: log)
    leases = LeaseKeeper(store: store, clock: clock, log: log, replica: replica, times: times)
    firer = Firer(
      store: store, sink: sink, leases: leases, clock: clock, zones: zones, log: log,
      fired: metrics.counter("taskmesh_reminders_fired_total", "Reminders published to task-reminders."))
  }

  var router: Router {
    var router = Router()
    var subscriptions = DaprSubscriptions()
    subscriptions.add(
      Subscription(pubsub: "pubsub", topic: TaskEventConsumer.topic, route: "/events/tasks", bulk: .init()),
      consumer.handle)
    subscriptions.install(in: &router)
    router.onBinding(Self.tickBinding) { [ticks] _ in
      ticks.send()
      return true
    }
    return router
  }

  /// Fires at each tick, until cancelled.
  func fireAtTicks() async { await ticks.forEach(firer.tick) }

  /// Keeps the leases until cancelled.
  func keepLeases(_ clock: some Clock<Duration> = ContinuousClock()) async throws {
    while true {
      await leases.keep()
      try await clock.sleep(for: leases.interval)
    }
  }
}
