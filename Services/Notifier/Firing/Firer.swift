import DaprClient
import JSONLog
import Metrics
import Recurrence
import Synchronization
import TaskModel

/// Fires what is due in the shards that this replica holds (protocols.md §5): each page is read, sent and then marked.
final class Firer: Sendable {
  let reader: ScheduleReader
  let sink: any EventSink
  let leases: LeaseKeeper
  let clock: NotifierClock
  let zones: ZoneDatabase
  let log: Logger
  let fired: Counter
  /// Deliveries that were sent and whose mark failed: they are marked later, and not sent again.
  let unmarked = Mutex<Set<String>>([])

  /// Minutes of a shard that one tick looks at; the next ones go on.
  static let window = 480
  /// Shards fired at a time.
  private static let concurrency = 4

  init(
    store: any ReminderStore, sink: any EventSink, leases: LeaseKeeper, clock: NotifierClock, zones: ZoneDatabase,
    log: Logger, fired: Counter
  ) {
    reader = ScheduleReader(store: store, log: log)
    self.sink = sink
    self.leases = leases
    self.clock = clock
    self.zones = zones
    self.log = log
    self.fired = fired
  }

  /// Fires what is due by now. What fails stays where it is for the next tick.
  func tick() async {
    do throws(ScheduleError) {
      let now = clock.now()
      let work = try await overview(leases.held, now)
      await withTaskGroup(of: Void.self) { group in
        for (index, shard) in work.enumerated() {
          if index >= Self.concurrency { await group.next() }
          group.addTask { await self.fire(shard, now) }
        }
      }
    } catch {
      log.warning("a tick could not see what is due", ["error": .describing(error)])
    }
  }

  /// A shard that has something to do.
  private struct Work {
    let shard: Int
    /// Slots that have pages: the late ones first, then by time.
    let slots: [Slot]
    /// The last minute that may be wholly fired after this tick; nil when the watermark has come there.
    let target: Minute?
  }

  /// Two bulk gets for all shards: their records and late pages, then the first page of each minute since the watermark.
  private func overview(_ shards: [Int], _ now: Instant) async throws(ScheduleError) -> [Work] {
    let records = try await reader.get(
      shards.flatMap { [ScheduleKeys.shard($0), ScheduleKeys.page($0, .late, 0)] })
    var minutes: [(shard: Int, minutes: [Minute])] = []
    for shard in shards {
      // A shard without a record has never had a reminder.
      guard let entry = records[ScheduleKeys.shard(shard)] else { continue }
      guard let record = ShardRecord(json: entry.value) else {
        log.error("a shard's record cannot be read", ["key": .string(ScheduleKeys.shard(shard))])
        continue
      }
      let behind = Minute(now).sinceEpoch - record.watermark.sinceEpoch
      minutes.append((shard, (0..<max(0, min(behind, Self.window))).map { record.watermark.advanced(by: $0 + 1) }))
    }
    let pages = try await reader.get(
      minutes.flatMap { shard, minutes in minutes.map { ScheduleKeys.page(shard, .minute($0), 0) } })
    return minutes.compactMap { shard, minutes in
      var slots: [Slot] = records[ScheduleKeys.page(shard, .late, 0)] == nil ? [] : [.late]
      slots += minutes.filter { pages[ScheduleKeys.page(shard, .minute($0), 0)] != nil }.map { .minute($0) }
      let target = minutes.last { $0 < Minute(now) }
      return slots.isEmpty && target == nil ? nil : Work(shard: shard, slots: slots, target: target)
    }
  }

  private func fire(_ work: Work, _ now: Instant) async {
    do throws(ScheduleError) {
      for slot in work.slots {
        guard try await PageFiring(firer: self, shard: work.shard, slot: slot, now: now).run() else { return }
      }
      if let target = work.target {
        try await WatermarkMove(reader: reader, shard: work.shard, target: target, now: now).run()
      }
    } catch {
      log.warning("a shard could not be fired", ["shard": .int(work.shard), "error": .describing(error)])
    }
  }
}
