import DaprClient
import HTTP2Transport
import JSON
import TaskModel

/// Tasks under their keys in the state store, and the change of some of them as one with its events.
struct TaskStore: Sendable {
  let store: any JournalStore
  let journal: JournalWriter

  /// A task as it was read, with what guards a write of it.
  struct Read: Sendable {
    var stored: StoredTask
    var etag: ETag

    /// - Parameter entry: under the key of the task `id`.
    init(_ id: String, _ entry: StateEntry) throws(Problem) {
      do throws(JSONError) { stored = try StoredTask(json: entry.value.span) } catch {
        throw Problem(500, "The stored task \(id) cannot be read: \(error.description)")
      }
      etag = entry.etag
    }
  }

  /// One task's next state.
  struct Change: Sendable {
    var next: StoredTask
    /// nil for one that is to be made.
    var from: Read?
    /// Not a version of its own: no history, no event.
    var isSilent = false
  }

  /// Versions whose history is kept.
  static let keptVersions = 200
  /// A deleted task goes by itself once it has left the trash.
  private static let deletedSeconds = 31 * 86_400

  /// The task with this id as it is, deleted or not.
  func read(_ id: String, owner: String, isBulk: Bool = false) async throws(Problem) -> Read? {
    try await entry(TaskKeys.task(id), owner: owner, isBulk: isBulk).map { entry throws(Problem) in try Read(id, entry)
    }
  }

  func entry(_ key: String, owner: String, isBulk: Bool = false) async throws(Problem) -> StateEntry? {
    do throws(DaprError) { return try await store.get(key, owner: owner, isBulk: isBulk) } catch {
      throw Self.unavailable(error.description)
    }
  }

  func entries(_ keys: [String]) async throws(Problem) -> [String: StateEntry] {
    do throws(DaprError) { return try await store.get(all: keys) } catch { throw Self.unavailable(error.description) }
  }

  /// Stores the changes with `record`, and returns when their events are acknowledged.
  /// - Returns: false when something was changed by another in between, and nothing was stored.
  func write(
    _ changes: [Change], record: StateOperation? = nil, by owner: String, isBulk: Bool = false
  ) async throws(Problem) -> Bool {
    var write = JournalWrite(owner: owner, operations: [], ids: [], events: [], isBulk: isBulk)
    for change in changes {
      write.operations += Self.operations(change, by: owner)
      guard !change.isSilent else { continue }
      let event = change.next.outgoingEvent
      // Publishing fails for the broker's sake, and never for the event's own (protocols.md §1).
      guard TaskEvent.size(afterDapr: event.body) <= TaskEvent.maximumSize else {
        throw Problem(413, "The task as an event may have \(TaskEvent.maximumSize) octets at most.")
      }
      write.ids.append(change.next.task.id)
      write.events.append(event)
    }
    if let record { write.operations.append(record) }
    do throws(WriteFailure) {
      try await journal.write(write)
      return true
    } catch {
      switch error {
      case .conflict: return false
      case .refused(let reason): throw Problem(500, "The state store refused the write: \(reason)")
      case .unavailable(let reason): throw Self.unavailable(reason)
      case .inDoubt:
        throw Problem(
          503, "The write may have been stored; repeat it with the same Idempotency-Key.", type: "in-doubt",
          headers: ["retry-after": "1"])
      }
    }
  }

  private static func operations(_ change: Change, by owner: String) -> [StateOperation] {
    let task = change.next.task
    let timeToLive = task.deletedAt == nil ? nil : deletedSeconds
    var operations = [
      StateOperation.upsert(
        TaskKeys.task(task.id), change.next.json, if: change.from.map { .matches($0.etag) } ?? .absent,
        timeToLive: timeToLive)
    ]
    guard !change.isSilent else { return operations }
    operations.append(
      .upsert(
        TaskKeys.history(task.id, task.version),
        HistoryRecord(change.next, from: change.from?.stored.task, by: owner).json,
        timeToLive: timeToLive))
    if task.version > keptVersions {
      operations.append(.delete(TaskKeys.history(task.id, task.version - keptVersions)))
    }
    return operations
  }

  private static func unavailable(_ reason: String) -> Problem {
    Problem(503, "Nothing was stored: \(reason)", headers: ["retry-after": "1"])
  }
}

extension StoredTask {
  /// The event of the present version, for its owner's partition.
  var outgoingEvent: OutgoingEvent {
    OutgoingEvent(event.json, partitionKey: task.id, partition: OwnerPartition.of(task.owner))
  }
}
