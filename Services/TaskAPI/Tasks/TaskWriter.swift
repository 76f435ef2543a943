import DaprClient
import HTTP2Transport
import JSON
import Recurrence
import TaskModel

/// Carries changes out: reads the task, decides, and stores task, history and idempotency record in one transaction.
struct TaskWriter: Sendable {
  let state: StateStore
  let zones: ZoneDatabase
  let ids: @Sendable () -> String
  let now: @Sendable () -> Instant

  /// What came of a request.
  struct Outcome: Sendable, Equatable {
    var status: Int
    var task: TaskItem
  }

  /// A request that may be repeated under a key.
  struct Repeatable: Sendable {
    let key: String
    /// SHA-256 of method, path and body.
    let fingerprint: String
  }

  /// How often a change is decided anew because another one came between.
  private static let attempts = 8
  /// A day, for `Idempotency-Key`.
  private static let keptSeconds = 86_400
  /// A deleted task goes by itself once it has left the trash.
  private static let deletedSeconds = 31 * 86_400

  func run(
    _ change: TaskChange, id: String?, owner: String, repeatable: Repeatable?, status: Int, by trace: String?
  ) async throws(Problem) -> Outcome {
    let options = CallOptions(traceparent: trace)
    for _ in 0..<Self.attempts {
      if let repeatable, let first = try await recorded(repeatable, owner, options) { return first }
      let (stored, etag) = try await read(id, options)
      let context = TaskChange.Context(
        owner: owner, now: now(), defaultTimeZone: "UTC", zones: zones, makeID: ids)
      guard let next = try change.apply(to: stored, context) else {
        guard let stored else { throw .notFound }
        return Outcome(status: status, task: stored.task)
      }
      try Self.checkSize(next)
      let outcome = Outcome(status: status, task: next.task)
      switch await state.transaction(operations(next, from: stored, etag, outcome, repeatable, owner), options) {
      case .committed: return outcome
      case .notSent: throw Self.unavailable
      case .refused(let error): throw Problem(500, "The state store refused the write: \(error.message)")
      case .inDoubt(let error):
        if try await stands(next, options) { return outcome }
        guard error.kind == .etagMismatch else { throw Self.inDoubt }
      }
    }
    throw Problem(503, "The task is being changed by too many at once.", headers: ["retry-after": "1"])
  }

  /// The task with this id as it is in the store, deleted or not.
  func read(_ id: String?, _ options: CallOptions) async throws(Problem) -> (StoredTask?, ETag?) {
    guard let id else { return (nil, nil) }
    do throws(DaprError) {
      guard let entry = try await state.get(TaskKeys.task(id), options) else { return (nil, nil) }
      return (try Self.decode(entry.value), entry.etag)
    } catch { throw Self.unavailable }
  }

  private static func decode(_ value: [UInt8]) throws(DaprError) -> StoredTask {
    do throws(JSONError) { return try StoredTask(json: value.span) } catch {
      throw DaprError(.badResponse, message: "a stored task cannot be read: \(error.description)")
    }
  }

  /// Whether just this version is the one that is stored: daprd may run a transaction twice, and the second run's conflict
  /// does not undo the first.
  private func stands(_ next: StoredTask, _ options: CallOptions) async throws(Problem) -> Bool {
    do throws(Problem) { return try await read(next.task.id, options).0 == next } catch { throw Self.inDoubt }
  }

  private func operations(
    _ next: StoredTask, from old: StoredTask?, _ etag: ETag?, _ outcome: Outcome, _ repeatable: Repeatable?,
    _ owner: String
  ) -> [StateOperation] {
    let task = next.task
    var operations = [
      StateOperation.upsert(
        TaskKeys.task(task.id), next.json, if: etag.map { .matches($0) } ?? .absent,
        timeToLive: task.deletedAt == nil ? nil : Self.deletedSeconds),
      .upsert(
        TaskKeys.history(task.id, task.version), HistoryRecord(next, from: old?.task, by: owner).json,
        timeToLive: task.deletedAt == nil ? nil : Self.deletedSeconds),
    ]
    if let repeatable {
      operations.append(
        .upsert(
          TaskKeys.idempotency(owner: owner, key: repeatable.key),
          IdempotencyRecord(fingerprint: repeatable.fingerprint, outcome: outcome).json, if: .absent,
          timeToLive: Self.keptSeconds))
    }
    return operations
  }

  private func recorded(
    _ repeatable: Repeatable, _ owner: String, _ options: CallOptions
  ) async throws(Problem) -> Outcome? {
    let entry: StateEntry?
    do throws(DaprError) {
      entry = try await state.get(TaskKeys.idempotency(owner: owner, key: repeatable.key), options)
    } catch { throw Self.unavailable }
    guard let entry else { return nil }
    guard let record = IdempotencyRecord(json: entry.value, owner: owner) else {
      throw Problem(500, "The record of this Idempotency-Key cannot be read.")
    }
    guard record.fingerprint == repeatable.fingerprint else {
      throw Problem(422, "This Idempotency-Key came with another request before.")
    }
    return record.outcome
  }

  /// The event must fit the broker, so that publishing fails for the broker's sake and never for its own (protocols.md §1).
  private static func checkSize(_ next: StoredTask) throws(Problem) {
    guard TaskEvent.size(afterDapr: next.event.json) <= TaskEvent.maximumSize else {
      throw Problem(413, "The task as an event may have \(TaskEvent.maximumSize) octets at most.")
    }
  }

  private static let unavailable = Problem(
    503, "The state store cannot be reached; nothing was stored.", headers: ["retry-after": "1"])
  private static let inDoubt = Problem(
    503, "The write may have been stored; repeat it with the same Idempotency-Key.", type: "in-doubt",
    headers: ["retry-after": "1"])
}
