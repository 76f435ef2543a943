import Daemon
import DaprClient
import EventLoop
import HTTP2Transport
import Recurrence

await Daemon.run("search-indexer", settings: SearchIndexerSettings.self) { context in
  let base = context.base
  let log = context.log
  let sidecar = DaprClient(
    transport: HTTPClient(loop: context.loop, host: base.daprHost, port: base.daprPort),
    apiToken: base.daprAPIToken?.reveal())
  let store = IndexStore(folder: context.settings.data)
  try await store.open(log: log)
  let progress = IndexProgress(loop: context.loop)
  let reader = TopicReader(
    settings: ["bootstrap.servers": context.settings.kafka], loop: EventLoop(name: "kafka"), store: store,
    progress: progress, log: log, metrics: IndexMetrics(context.metrics)
  ) { record in
    try await sidecar.pubsub("pubsub").publish(
      OutgoingEvent(record.value ?? [], partitionKey: record.keyText, partition: Int(record.partition)),
      to: TopicReader.deadLetterTopic, isRaw: true)
  }
  context.background("topic") { try await reader.run() }
  let reconciler = Reconciler(
    store: store, isCurrent: { await progress.isCurrent }, ask: { try await Reconciler.ask($0, over: sidecar) },
    log: log, metrics: ReconcilerMetrics(context.metrics))
  context.background("reconciliation") { try await reconciler.run() }
  context.background("tidying") { try await store.tidyWhenIdle() }
  await context.readiness.add("sidecar") {
    guard await sidecar.isOutboundReady() else { throw NotReady("its API does not answer") }
  }
  await context.readiness.add("index") {
    if let reason = await progress.missing { throw NotReady(reason) }
  }
  let answers = QueryAnswers(
    readers: try await store.readers(count: context.settings.readers), progress: progress, zones: ZoneDatabase())
  return DaemonRoutes(sidecar: answers.router)
}
