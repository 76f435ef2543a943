import Daemon
import DaprClient
import HTTP2Transport
import JSONLog
import Recurrence

struct RecurrenceEngineSettings: DaemonSettings {
  static let defaultPort: UInt16 = 8082

  init(from reader: inout SettingsReader) {}
}

await Daemon.run("recurrence-engine", settings: RecurrenceEngineSettings.self) { context in
  let base = context.base
  let log = context.log
  let sidecar = DaprClient(
    transport: HTTPClient(loop: context.loop, host: base.daprHost, port: base.daprPort),
    apiToken: base.daprAPIToken?.reveal())
  let engine = RecurrenceEngine(
    taskAPI: DaprTaskAPI(sidecar: sidecar), zones: ZoneDatabase(), log: log, metrics: context.metrics
  ) { delivery, reason in
    log.error("an event cannot be used", ["key": .string(delivery.key ?? ""), "reason": .string(reason)])
    try await sidecar.pubsub("pubsub").publish(
      OutgoingEvent(delivery.bytes, partitionKey: delivery.key, partition: delivery.partition),
      to: CompletionConsumer.deadLetterTopic, isRaw: true)
  }
  await context.readiness.add("sidecar") {
    guard await sidecar.isOutboundReady() else { throw NotReady("its API does not answer") }
  }
  return DaemonRoutes(sidecar: engine.router)
}
