import Daemon
import DaprClient
import JSONLog
import Synchronization
import TaskModel

/// Takes, renews and gives back this replica's leases.
final class LeaseKeeper: Sendable {
  private let store: any ReminderStore
  private let clock: NotifierClock
  private let log: Logger
  private let book: Mutex<LeaseBook>

  /// How often the leases are thought of.
  let interval: Duration

  init(store: any ReminderStore, clock: NotifierClock, log: Logger, replica: String, times: LeaseTimes = LeaseTimes()) {
    interval = times.renewal / 3
    self.store = store
    self.clock = clock
    self.log = log
    book = Mutex(LeaseBook(replica: replica, times: times))
  }

  var held: [Int] { book.withLock { $0.held(at: clock.uptime()) } }

  func maySend(_ shard: Int) -> Bool { book.withLock { $0.maySend(shard, at: clock.uptime()) } }

  /// Looks at the leases if that is due, renews those held and takes those that may be taken.
  func keep() async {
    guard book.withLock({ $0.isLookDue(at: clock.uptime()) }) else { return }
    do throws(DaprError) {
      let entries = try await store.get(all: (0..<OwnerPartition.count).map(ScheduleKeys.lease))
      await write(book.withLock { $0.attempts(entries, at: clock.uptime()) })
    } catch {
      log.warning("the leases cannot be read", ["error": .describing(error)])
    }
  }

  /// Writes `free` into every lease held.
  func release() async {
    do throws(DaprError) {
      let entries = try await store.get(all: (0..<OwnerPartition.count).map(ScheduleKeys.lease))
      await withTaskGroup(of: Void.self) { group in
        for attempt in book.withLock({ $0.release(entries) }) {
          // One that fails is taken over after its time instead.
          group.addTask { [store] in try? await store.save(attempt.write) }
        }
      }
    } catch {
      log.warning("the leases cannot be given back", ["error": .describing(error)])
    }
  }

  private func write(_ attempts: [LeaseBook.Attempt]) async {
    await withTaskGroup(of: Void.self) { group in
      for attempt in attempts { group.addTask { await self.write(attempt) } }
    }
  }

  private func write(_ attempt: LeaseBook.Attempt) async {
    let sent = clock.uptime()
    do throws(DaprError) {
      try await store.save(attempt.write)
      StopPoint.reach(.shardRenewed)
      book.withLock { $0.acquired(attempt.shard, sent: sent) }
    } catch {
      if error.kind == .etagMismatch { return book.withLock { $0.lost(attempt.shard) } }
      // What the write came to shows when the leases are read again; until then the old term counts.
      log.warning("a lease cannot be written", ["shard": .int(attempt.shard), "error": .describing(error)])
    }
  }
}
