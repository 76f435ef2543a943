import Daemon
import DaprClient
import HTTP2Transport
import Recurrence

struct NotifierSettings: DaemonSettings {
  static let defaultPort: UInt16 = 8083

  let lease: LeaseTimes

  init(from reader: inout SettingsReader) { lease = LeaseTimes(from: &reader) }
}

await Daemon.run("notifier", settings: NotifierSettings.self) { context in
  let base = context.base
  let sidecar = DaprClient(
    transport: HTTPClient(loop: context.loop, host: base.daprHost, port: base.daprPort),
    apiToken: base.daprAPIToken?.reveal())
  let store = DaprReminderStore(state: sidecar.state("statestore"))
  let notifier = Notifier(
    store: store, sink: DaprEventSink(pubsub: sidecar.pubsub("pubsub")), clock: .system, zones: ZoneDatabase(),
    log: context.log, metrics: context.metrics, times: context.settings.lease)
  await context.readiness.add("sidecar") {
    guard await sidecar.isOutboundReady() else { throw NotReady("its API does not answer") }
  }
  await context.readiness.add("state store") {
    _ = try await store.get(all: [ScheduleKeys.lease(0)])
  }
  context.background("ticks") { await notifier.fireAtTicks() }
  context.background("leases") { try await notifier.keepLeases() }
  context.atStop { await notifier.leases.release() }
  return DaemonRoutes(sidecar: notifier.router)
}
