import DaprClient
import JSONLog

/// Reads what the notifier keeps. A page or a task's record that cannot be read counts as empty and is said in the log: to stop
/// at it would keep every other reminder of its shard.
struct ScheduleReader: Sendable {
  let store: any ReminderStore
  let log: Logger

  func get(_ keys: [String]) async throws(ScheduleError) -> [String: StateEntry] {
    do throws(DaprError) { return try await store.get(all: keys) } catch { throw .store(error) }
  }

  /// Reads the pages of `slots` to the first that is missing. Read the shard's record before: then whoever adds a page meanwhile
  /// changes the record's ETag.
  func runs(shard: Int, _ slots: some Collection<Slot>) async throws(ScheduleError) -> [Slot: PageRun] {
    var runs: [Slot: PageRun] = [:]
    for slot in slots { runs[slot] = PageRun(shard: shard, slot: slot) }
    var open = Array(runs.keys)
    var first = 0
    var count = 2
    while !open.isEmpty {
      let pages = first..<first + count
      let entries = try await get(open.flatMap { slot in pages.map { ScheduleKeys.page(shard, slot, $0) } })
      open = open.filter { slot in
        for page in pages {
          let key = ScheduleKeys.page(shard, slot, page)
          guard let entry = entries[key] else { return false }
          runs[slot]?.append(self.page(entry, key), etag: entry.etag)
        }
        return true
      }
      first += count
      count = min(count * 2, 16)
    }
    return runs
  }

  func page(_ entry: StateEntry, _ key: String) -> DuePage {
    if let page = DuePage(json: entry.value) { return page }
    log.error("a page of due reminders cannot be read", ["key": .string(key)])
    return DuePage()
  }

  /// A task's record, and what must hold for it to be written.
  func record(
    of task: String, in entries: [String: StateEntry]
  ) -> (record: ReminderRecord?, precondition: StateOperation.Precondition) {
    let key = ScheduleKeys.reminders(task)
    guard let entry = entries[key] else { return (nil, .absent) }
    let record = ReminderRecord(json: entry.value)
    if record == nil { log.error("a task's reminders cannot be read", ["key": .string(key)]) }
    return (record, .matches(entry.etag))
  }
}
