import DaprClient
import Synchronization

@testable import TaskAPI

// Each shows the code under test a store that makes it break one rule of protocols.md §1, and no other.

/// Rule 1 broken: what was not answered by 204 counts as stored when the task is there and as refused when it is not.
struct BelievesReads: JournalStore {
  let inner: any JournalStore

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome {
    let outcome = await inner.transaction(operations)
    guard case .inDoubt(let error) = outcome, let task = operations.first(where: { $0.key.hasPrefix("task/") }),
      case .upsert(let value) = task.action
    else { return outcome }
    do throws(DaprError) {
      return try await inner.get(task.key)?.value == value ? .committed : .refused(error)
    } catch { return .refused(error) }
  }

  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry? {
    try await inner.get(key, owner: owner, isBulk: isBulk)
  }
  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] { try await inner.get(all: keys) }
  func save(_ operation: StateOperation) async throws(DaprError) { try await inner.save(operation) }
}

/// Rules 2 or 3 broken: slots seem to show the replica's own lease, to its takeover or to all else.
final class SeesOwnLease: JournalStore {
  enum Reader {
    /// Rule 2: it takes the slots for fenced.
    case takeover
    /// Rule 3: it takes another's slots for its own.
    case owner
  }

  private let inner: any JournalStore
  private let reader: Reader
  private let lease = Mutex("")

  init(_ inner: any JournalStore, _ reader: Reader) {
    self.inner = inner
    self.reader = reader
  }

  func save(_ operation: StateOperation) async throws(DaprError) {
    if case .upsert(let value) = operation.action, SlotRecord(value) == nil, let record = LeaseRecord(value) {
      lease.withLock { $0 = record.lease }
    }
    try await inner.save(operation)
  }

  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry? {
    let entry = try await inner.get(key, owner: owner, isBulk: isBulk)
    return reader == .owner ? entry.map(owned) : entry
  }

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] {
    let entries = try await inner.get(all: keys)
    return reader == .takeover ? entries.mapValues(owned) : entries
  }

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome { await inner.transaction(operations) }

  private func owned(_ entry: StateEntry) -> StateEntry {
    guard var slot = SlotRecord(entry.value) else { return entry }
    slot.lease = lease.withLock { $0 }
    return StateEntry(value: slot.bytes, etag: entry.etag)
  }
}
