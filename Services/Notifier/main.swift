import Daemon
import DaprClient
import HTTP2Transport
import Recurrence

struct NotifierSettings: DaemonSettings {
  static let defaultPort: UInt16 = 8083

  var lease: LeaseBook.Times

  init(from reader: inout SettingsReader) {
    let defaults = LeaseBook.Times()
    lease = LeaseBook.Times(
      takeover: reader.duration(
        "TASKMESH_LEASE_TAKEOVER", default: defaults.takeover, "how long another's lease must stand still to be taken"),
      renewal: reader.duration("TASKMESH_LEASE_RENEWAL", default: defaults.renewal, "how often a lease is renewed"),
      term: reader.duration("TASKMESH_LEASE_TERM", default: defaults.term, "how long a renewal holds"))
    if !(lease.renewal < lease.term && lease.margin < lease.term && lease.term < lease.takeover) {
      reader.fault("TASKMESH_LEASE_TERM", "must be longer than the renewal and 2s, and shorter than the takeover")
    }
  }
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
