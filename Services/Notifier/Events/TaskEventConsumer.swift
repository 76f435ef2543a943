import DaprClient
import JSON
import JSONLog
import Recurrence
import TaskModel

/// Takes what comes on `task-events` into the schedule.
struct TaskEventConsumer: Sendable {
  static let topic = "task-events"
  static let deadLetterTopic = "task-events-dead"

  let writer: ScheduleWriter
  let sink: any EventSink
  let zones: ZoneDatabase
  let log: Logger

  /// Of what came together a failure brings all again, since daprd does so anyway.
  func handle(_ deliveries: [Delivery]) async -> [DeliveryStatus] {
    do {
      try await take(deliveries)
      return deliveries.map { _ in .success }
    } catch {
      log.warning("events could not be taken in", ["count": .int(deliveries.count), "error": .describing(error)])
      return deliveries.map { _ in .retry }
    }
  }

  private func take(_ deliveries: [Delivery]) async throws {
    var latest: [String: RemindedTask] = [:]
    var gone: Set<String> = []
    for delivery in deliveries {
      switch delivery.content {
      case .tombstone:
        if let id = delivery.key { gone.insert(id) }
      case .unreadable(let reason): try await bury(delivery, reason)
      case .event:
        do throws(JSONError) {
          guard case .task(let event) = try TaskTopicRecord(json: delivery.bytes.span) else { continue }
          guard event.task.version > latest[event.task.id]?.version ?? 0 else { continue }
          latest[event.task.id] = RemindedTask(event.task, zones: zones)
        } catch {
          try await bury(delivery, error.description)
        }
      }
    }
    var news: [Int: [ScheduleWriter.News]] = [:]
    for task in latest.values where !gone.contains(task.id) { news[task.shard, default: []].append(.changed(task)) }
    for (shard, ids) in try await shards(of: gone) { news[shard, default: []] += ids.map { .gone($0) } }
    for (shard, news) in news { try await writer.apply(news, shard: shard) }
  }

  /// A tombstone names no owner; where its reminders lie stands in their record.
  private func shards(of tasks: Set<String>) async throws(ScheduleError) -> [Int: [String]] {
    guard !tasks.isEmpty else { return [:] }
    let reader = ScheduleReader(store: writer.store, log: log)
    let entries = try await reader.get(tasks.map(ScheduleKeys.reminders))
    return Dictionary(
      grouping: tasks.compactMap { id in reader.record(of: id, in: entries).record.map { (id: id, shard: $0.shard) } },
      by: \.shard
    ).mapValues { $0.map(\.id) }
  }

  /// Puts an event that nobody can use where people look for it.
  private func bury(_ delivery: Delivery, _ reason: String) async throws(DaprError) {
    log.error(
      "an event cannot be read",
      [
        "key": .string(delivery.key ?? ""), "partition": .int(delivery.partition ?? -1),
        "offset": .int(delivery.offset ?? -1), "reason": .string(reason),
      ])
    try await sink.publishRaw(
      OutgoingEvent(delivery.bytes, partitionKey: delivery.key, partition: delivery.partition),
      to: Self.deadLetterTopic)
  }
}
