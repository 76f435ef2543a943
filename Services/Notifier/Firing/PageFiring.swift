import Daemon
import DaprClient
import JSONLog
import Recurrence
import TaskModel

/// Fires the pages of one slot: reads the tasks, sends, marks, page by page.
struct PageFiring: Sendable {
  let firer: Firer
  let shard: Int
  let slot: Slot
  let now: Instant

  /// Events of a bulk publish.
  private static let eventsOfACall = 64
  /// How often a mark is written anew before it is left to the next tick.
  private static let attempts = 20

  /// - Returns: false when sending must stop: the lease is about to end, or the broker does not take events.
  func run() async throws(ScheduleError) -> Bool {
    var index = 0
    while true {
      let key = ScheduleKeys.page(shard, slot, index)
      guard let entry = try await firer.reader.get([key])[key] else { return true }
      let due = firer.reader.page(entry, key).entries.filter { $0.at <= now }
      if !due.isEmpty, try await !fire(due, key) { return false }
      index += 1
    }
  }

  private func fire(_ due: [DueEntry], _ key: String) async throws(ScheduleError) -> Bool {
    let decision = try await decide(due)
    StopPoint.reach(.reminderDecided)
    var settled = decision.settled
    var isSending = true
    var rest = decision.toSend[...]
    while isSending, !rest.isEmpty {
      let group = rest.prefix(Self.eventsOfACall)
      rest = rest.dropFirst(group.count)
      let sent = await send(group.map(\.event))
      isSending = sent.count == group.count
      settled += sent.map { index in
        let (entry, event) = group[group.startIndex + index]
        return .init(entry: entry, isDelivered: true, deliveryID: event.deliveryID)
      }
    }
    try await mark(settled, key)
    StopPoint.reach(.reminderMarked)
    firer.unmarked.withLock { $0.subtract(settled.compactMap(\.deliveryID)) }
    return isSending
  }

  /// One bulk get of the tasks and what was delivered for them.
  private func decide(_ due: [DueEntry]) async throws(ScheduleError) -> DuePageDecision {
    let ids = Set(due.map(\.task))
    let entries = try await firer.reader.get(ids.flatMap { [ScheduleKeys.task($0), ScheduleKeys.reminders($0)] })
    var tasks: [String: RemindedTask] = [:]
    var records: [String: ReminderRecord] = [:]
    for id in ids {
      records[id] = firer.reader.record(of: id, in: entries).record
      guard let entry = entries[ScheduleKeys.task(id)] else { continue }
      if let stored = try? StoredTask(json: entry.value.span) {
        tasks[id] = RemindedTask(stored.task, zones: firer.zones)
      } else {
        firer.log.error("a task cannot be read, so its reminder does not fire", ["task": .string(id)])
      }
    }
    return DuePageDecision(due, tasks: tasks, records: records, now: now) { id in
      firer.unmarked.withLock { $0.contains(id) }
    }
  }

  /// - Returns: the indexes of the events that were published.
  private func send(_ events: [ReminderEvent]) async -> [Int] {
    guard firer.leases.maySend(shard) else { return [] }
    do throws(DaprError) {
      let failed = try await firer.sink.publish(all: events.map(\.outgoing), to: ReminderEvent.topic)
      StopPoint.reach(.reminderSent)
      if let reason = failed.values.first {
        firer.log.warning("reminders could not be sent", ["count": .int(failed.count), "error": .string(reason)])
      }
      let sent = events.indices.filter { failed[$0] == nil }
      firer.unmarked.withLock { unmarked in
        for index in sent { unmarked.insert(events[index].deliveryID) }
      }
      firer.fired.increment(by: UInt64(sent.count))
      return sent
    } catch {
      firer.log.warning("reminders could not be sent", ["count": .int(events.count), "error": .describing(error)])
      return []
    }
  }

  /// Takes what is settled off its page and notes it for its task, in one transaction. When another writer comes first, both are
  /// read and written again, and nothing is sent again.
  private func mark(_ settled: [DuePageDecision.Settled], _ key: String) async throws(ScheduleError) {
    guard !settled.isEmpty else { return }
    for _ in 0..<Self.attempts {
      let entries = try await firer.reader.get([key] + Set(settled.map { ScheduleKeys.reminders($0.entry.task) }))
      let writes = pageWrite(settled, key, entries[key]) + recordWrites(settled, entries)
      if writes.isEmpty { return }
      if try await firer.reader.store.transaction(writes).isCommitted() { return }
    }
    throw .conflicts(attempts: Self.attempts)
  }

  private func pageWrite(
    _ settled: [DuePageDecision.Settled], _ key: String, _ entry: StateEntry?
  ) -> [StateOperation] {
    guard let entry else { return [] }
    var page = firer.reader.page(entry, key)
    let gone = Set(settled.map(\.entry))
    let count = page.entries.count
    page.entries.removeAll { gone.contains($0) }
    return page.entries.count == count ? [] : [.upsert(key, page.json, if: .matches(entry.etag))]
  }

  private func recordWrites(
    _ settled: [DuePageDecision.Settled], _ entries: [String: StateEntry]
  ) -> [StateOperation] {
    Dictionary(grouping: settled, by: \.entry.task).compactMap { task, settled in
      let (record, precondition) = firer.reader.record(of: task, in: entries)
      var changed = record ?? ReminderRecord(shard: shard)
      for item in settled { changed.settle(item.reminder, delivered: item.isDelivered) }
      guard changed != record ?? ReminderRecord(shard: shard) else { return nil }
      return .upsert(ScheduleKeys.reminders(task), changed.json, if: precondition)
    }
  }
}
