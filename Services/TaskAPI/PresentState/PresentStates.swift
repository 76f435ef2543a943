import DaprClient
import HTTP2Transport
import JSONLog
import Recurrence
import TaskModel

/// Publishes tasks as they stand in the store: their event, or the tombstone of one that is gone; and purges what has lain
/// in the trash for long enough (protocols.md §2, §3). All of it can be repeated, wherever it was cut.
///
/// A task's key is held meanwhile, so that its state does not overtake a write of this process. That of another process it
/// may overtake: then the index meets the lower version last, and asks again.
struct PresentStates: Sendable {
  /// Writes a tombstone; once, since who asked asks again.
  typealias Bury = @Sendable (OutgoingEvent) async throws(DaprError) -> Void

  /// Tasks whose events surely fit into one bulk publish, which daprd takes up to 4 MiB.
  private static let atOnce = 16
  /// Purges and tombstones under way (protocols.md §6).
  private static let concurrency = 4
  /// How long a deleted task can be restored.
  private static let secondsInTrash = 30 * 86_400
  /// How far the caller's clock may be ahead of this one.
  private static let clockSlackSeconds = 60

  let writer: TaskWriter
  let subtasks: Subtasks
  let topic: any EventTopic
  let bury: Bury
  let log: Logger

  func publish(_ tasks: [KnownTask]) async -> [TaskFinding] {
    var findings: [TaskFinding] = []
    for start in stride(from: 0, to: tasks.count, by: Self.atOnce) {
      findings += await publish(some: Array(tasks[start..<min(start + Self.atOnce, tasks.count)]))
    }
    return findings
  }

  /// What is to be done about a task.
  private enum Case: Sendable {
    case publish(StoredTask)
    /// It is gone, or to be deleted if its state still has this ETag.
    case bury(ifState: ETag?)
    /// It should have gone into the trash with its parent.
    case leftBehind(by: TaskItem)
    case none(TaskFinding.Outcome)
  }

  private func publish(some tasks: [KnownTask]) async -> [TaskFinding] {
    var leftBehind: [String: (parent: TaskItem, children: [String])] = [:]
    var findings = await writer.locks.withLock(tasks.map { TaskKeys.task($0.id) }) { () async -> [TaskFinding] in
      let cases: [Case]
      do throws(Problem) { cases = try await self.cases(of: tasks) } catch {
        log.warning("tasks could not be read", ["reason": .string(error.detail)])
        return tasks.map { TaskFinding($0.id, .failed) }
      }
      var findings: [TaskFinding] = []
      var events: [OutgoingEvent] = []
      var graves: [(task: KnownTask, etag: ETag?)] = []
      for (task, found) in zip(tasks, cases) {
        switch found {
        case .publish(let stored): events.append(stored.outgoingEvent)
        case .bury(let etag): graves.append((task, etag))
        case .leftBehind(let parent): leftBehind[parent.id, default: (parent, [])].children.append(task.id)
        case .none(let outcome): findings.append(TaskFinding(task.id, outcome))
        }
      }
      return findings + (await publish(events)) + (await bury(graves))
    }
    for (parent, children) in leftBehind.values { findings += await take(children, along: parent) }
    return findings
  }

  private func cases(of tasks: [KnownTask]) async throws(Problem) -> [Case] {
    let reads = try await read(tasks.map(\.id))
    let parents = try await read(
      reads.values.compactMap { $0?.stored.task }.filter { $0.deletedAt == nil }.compactMap(\.parent))
    return tasks.map { task in
      guard let found = reads[task.id] else { return .bury(ifState: nil) }
      guard let read = found else { return .none(.failed) }
      let stored = read.stored
      if stored.task.version < task.version {
        log.error(
          "the store has a task only as it was before",
          ["taskId": .string(task.id), "stored": .int(stored.task.version), "known": .int(task.version)])
        return .none(.older)
      }
      if task.purge, stored.task.version == task.version, isOver(stored.task) { return .bury(ifState: read.etag) }
      if let parent = stored.task.parent.flatMap({ parents[$0]??.stored }), Self.left(stored.task, behind: parent) {
        return .leftBehind(by: parent.task)
      }
      return .publish(stored)
    }
  }

  /// Those of the tasks that are there; nil for one that cannot be read.
  private func read(_ ids: [String]) async throws(Problem) -> [String: TaskStore.Read?] {
    let entries = try await writer.tasks.entries(ids.map(TaskKeys.task))
    var reads: [String: TaskStore.Read?] = [:]
    for id in Set(ids) {
      guard let entry = entries[TaskKeys.task(id)] else { continue }
      do throws(Problem) { reads[id] = try TaskStore.Read(id, entry) } catch {
        log.error("a task cannot be read", ["taskId": .string(id), "reason": .string(error.detail)])
        reads[id] = .some(nil)
      }
    }
    return reads
  }

  /// Whether a task has been in the trash for its time, by the clock of this process too: a caller's that went wrong would
  /// empty everyone's trash.
  private func isOver(_ task: TaskItem) -> Bool {
    task.deletedAt.map {
      $0.adding(seconds: Self.secondsInTrash - Self.clockSlackSeconds) <= writer.now()
    } ?? false
  }

  /// A child that was changed since, be it restored or made, is where its owner wants it. What lies below a withdrawn
  /// occurrence waits for that to come back.
  private static func left(_ child: TaskItem, behind parent: StoredTask) -> Bool {
    guard child.deletedAt == nil, child.owner == parent.task.owner, !parent.isWithdrawn,
      let deletedAt = parent.task.deletedAt
    else { return false }
    return child.updatedAt <= deletedAt
  }

  private func publish(_ events: [OutgoingEvent]) async -> [TaskFinding] {
    guard !events.isEmpty else { return [] }
    let failed: [Int: String]
    do throws(DaprError) { failed = try await topic.publish(events) } catch {
      log.warning("tasks' states could not be published", ["error": .describing(error)])
      return events.map { TaskFinding($0.partitionKey ?? "", .failed) }
    }
    return events.enumerated().map { index, event in
      TaskFinding(event.partitionKey ?? "", failed[index] == nil ? .published : .failed)
    }
  }

  private func bury(_ graves: [(task: KnownTask, etag: ETag?)]) async -> [TaskFinding] {
    await withTaskGroup(of: TaskFinding.self) { group in
      var findings: [TaskFinding] = []
      for (index, grave) in graves.enumerated() {
        if index >= Self.concurrency, let finding = await group.next() { findings.append(finding) }
        group.addTask { await bury(grave.task, grave.etag) }
      }
      for await finding in group { findings.append(finding) }
      return findings
    }
  }

  private func bury(_ task: KnownTask, _ etag: ETag?) async -> TaskFinding {
    guard await writer.tasks.purge(task.id, version: task.version, ifState: etag) else {
      return TaskFinding(task.id, .failed)
    }
    let tombstone = OutgoingEvent(
      Array("null".utf8), contentType: "application/json", partitionKey: task.id,
      partition: OwnerPartition.of(task.owner))
    do throws(DaprError) { try await bury(tombstone) } catch {
      log.warning("a tombstone could not be published", ["taskId": .string(task.id), "error": .describing(error)])
      return TaskFinding(task.id, .failed)
    }
    return TaskFinding(task.id, .gone)
  }

  private func take(_ children: [String], along parent: TaskItem) async -> [TaskFinding] {
    do throws(Problem) {
      let moved = Set(try await subtasks.take(children, along: parent).map(\.id))
      return children.map { TaskFinding($0, moved.contains($0) ? .published : .failed) }
    } catch {
      log.warning("subtasks did not follow their task", ["reason": .string(error.detail)])
      return children.map { TaskFinding($0, .failed) }
    }
  }
}
