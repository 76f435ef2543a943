import HTTP2Transport
import Recurrence
import TaskModel

/// Carries changes of single tasks out: reads, decides, stores; and decides anew when another process came between.
struct TaskWriter: Sendable {
  let tasks: TaskStore
  let locks: KeyLocks
  let zones: ZoneDatabase
  let ids: @Sendable () -> String
  let now: @Sendable () -> Instant

  static let attempts = 8

  func context(owner: String) -> TaskChange.Context {
    TaskChange.Context(owner: owner, now: now(), defaultTimeZone: "UTC", zones: zones, makeID: ids)
  }

  /// - Parameter status: of the answer when all is well.
  func run(
    _ change: TaskChange, id: String?, owner: String, repeatable: Repeatable?, status: Int, isBulk: Bool = false
  ) async throws(Problem) -> WriteOutcome {
    let keys = [id.map(TaskKeys.task), repeatable?.stateKey].compactMap { $0 }
    return try await locks.withLock(keys) { () async throws(Problem) in
      try await attempt(change, id, owner, repeatable, status, isBulk)
    }
  }

  private func attempt(
    _ change: TaskChange, _ id: String?, _ owner: String, _ repeatable: Repeatable?, _ status: Int, _ isBulk: Bool
  ) async throws(Problem) -> WriteOutcome {
    for _ in 0..<Self.attempts {
      // The task before the record: should the first attempt's write land between the two, the record shows it. The other way
      // round the task alone would, and a write that took place be answered 412 or 404.
      var read: TaskStore.Read?
      if let id { read = try await tasks.read(id, owner: owner, isBulk: isBulk) }
      if let repeatable {
        let entry = try await tasks.entry(repeatable.stateKey, owner: owner, isBulk: isBulk)
        if let first = try repeatable.outcome(in: entry, owner: owner) { return first }
      }
      let context = context(owner: owner)
      guard let next = try change.apply(to: read?.stored, context) else {
        guard let task = read?.stored.task else { throw .notFound }
        return WriteOutcome(status: status, task: task, written: [TaskVersion(of: task)])
      }
      var changes = [TaskStore.Change(next: next, from: read)]
      if let successor = read?.stored.next, next.next == nil {
        let standing = try await tasks.read(successor.id, owner: owner, isBulk: isBulk)
        if let standing, let withdrawn = Succession.withdraw(standing.stored, madeAs: successor, now: context.now) {
          changes.append(TaskStore.Change(next: withdrawn, from: standing))
        }
      }
      let outcome = WriteOutcome(
        status: status, task: next.task, written: changes.map { TaskVersion(of: $0.next.task) })
      if try await tasks.write(changes, record: repeatable?.record(outcome), by: owner, isBulk: isBulk) {
        return outcome
      }
    }
    throw Problem(
      503, "Nothing was stored: the task is being changed by too many at once.", headers: ["retry-after": "1"])
  }
}
