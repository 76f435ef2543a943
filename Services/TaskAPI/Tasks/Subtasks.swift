import DaprClient
import HTTP2Transport
import JSON
import JSONLog
import Recurrence
import TaskModel

/// Has the children of a task follow it into the trash, and those that went with it come back with it (protocols.md §2). A
/// child that went with its parent has the parent's very `deletedAt`; one that was deleted by itself stays where it is.
struct Subtasks: Sendable {
  typealias Find =
    @Sendable (
      _ parents: [String], _ owner: String, _ areDeleted: Bool, _ after: Consistency
    ) async throws(Problem) -> [ChildrenQuery.Child]

  /// Children that one transaction changes.
  private static let childrenAtOnce = 32

  let writer: TaskWriter
  let find: Find
  let markers: MarkerPublisher
  let log: Logger

  /// A task whose children are to follow it.
  private struct Parent {
    let id: String
    let deletedAt: Instant
    let isBack: Bool
  }

  /// Carries the news of tasks that were deleted or restored on to their descendants. Where the index cannot be asked, the
  /// tasks' own change stands all the same, and the index asks for their children later.
  ///
  /// - Parameters:
  ///   - tasks: as they are now.
  ///   - written: what the index must have come to before it is asked.
  /// - Returns: the descendants' new versions.
  func follow(_ tasks: [TaskItem], owner: String, written: [TaskVersion]) async -> [TaskVersion] {
    var done: [TaskVersion] = []
    do throws(Problem) {
      var parents: [Parent] = []
      for task in tasks { if let parent = try await parent(task) { parents.append(parent) } }
      var after = written
      while !parents.isEmpty {
        let level = try await descend(parents, owner, after)
        after = level.map { TaskVersion(of: $0.task) }
        done += after
        parents = level.map { Parent(id: $0.task.id, deletedAt: $0.deletedAt, isBack: $0.task.deletedAt == nil) }
      }
    } catch {
      log.warning("subtasks did not follow their task", ["reason": .string(error.detail)])
    }
    return done
  }

  /// Has children that were left behind when their task was deleted follow it, with what lies below them.
  /// - Returns: the children that have followed.
  func take(_ children: [String], along task: TaskItem) async throws(Problem) -> [TaskItem] {
    guard let deletedAt = task.deletedAt else { return [] }
    let moved = try await move(children, of: Parent(id: task.id, deletedAt: deletedAt, isBack: false), task.owner)
    _ = await follow(moved, owner: task.owner, written: moved.map { TaskVersion(of: $0) })
    return moved
  }

  /// nil for a task that was not in the trash before.
  private func parent(_ task: TaskItem) async throws(Problem) -> Parent? {
    if let deletedAt = task.deletedAt { return Parent(id: task.id, deletedAt: deletedAt, isBack: false) }
    let key = TaskKeys.history(task.id, task.version)
    guard let entry = try await writer.tasks.entry(key, owner: task.owner) else { return nil }
    let changes = (try? JSONValue(parsing: entry.value))?["changes"]?.elements ?? []
    let deletion = changes.first { $0["field"]?.string == TaskField.deletedAt.rawValue }
    guard let text = deletion?["from"]?.string, let deletedAt = try? Instant(text) else { return nil }
    return Parent(id: task.id, deletedAt: deletedAt, isBack: true)
  }

  private struct Moved {
    let task: TaskItem
    let deletedAt: Instant
  }

  /// Moves the children of `parents`.
  private func descend(
    _ parents: [Parent], _ owner: String, _ written: [TaskVersion]
  ) async throws(Problem) -> [Moved] {
    let after = await markers.token(for: written, owner: owner).consistency
    var moved: [Moved] = []
    for isBack in [false, true] {
      let parents = parents.filter { $0.isBack == isBack }
      guard !parents.isEmpty else { continue }
      let children = Dictionary(
        grouping: try await find(parents.map(\.id), owner, isBack, after), by: \.parent
      ).mapValues { $0.map(\.id) }
      for parent in parents {
        let ids = children[parent.id] ?? []
        for start in stride(from: 0, to: ids.count, by: Self.childrenAtOnce) {
          let some = Array(ids[start..<min(start + Self.childrenAtOnce, ids.count)])
          moved += try await move(some, of: parent, owner).map { Moved(task: $0, deletedAt: parent.deletedAt) }
        }
      }
    }
    return moved
  }

  /// Moves some children of a task in one transaction, which also rewrites the task as it is: if it has been moved back
  /// meanwhile, they stay where they are.
  private func move(_ children: [String], of parent: Parent, _ owner: String) async throws(Problem) -> [TaskItem] {
    let keys = ([parent.id] + children).map(TaskKeys.task)
    return try await writer.locks.withLock(keys) { () async throws(Problem) in
      for _ in 0..<TaskWriter.attempts {
        guard let standing = try await writer.tasks.read(parent.id, owner: owner, isBulk: true),
          standing.stored.task.owner == owner,
          standing.stored.task.deletedAt == (parent.isBack ? nil : parent.deletedAt)
        else { return [] }
        var changes = [TaskStore.Change(next: standing.stored, from: standing, isSilent: true)]
        for child in children {
          if let change = try await change(of: child, parent, owner) { changes.append(change) }
        }
        if changes.count == 1 { return [] }
        if try await writer.tasks.write(changes, by: owner, isBulk: true) {
          return changes.dropFirst().map(\.next.task)
        }
      }
      throw Problem(503, "The subtasks are being changed by too many at once.", headers: ["retry-after": "1"])
    }
  }

  /// nil for a child that does not follow.
  private func change(
    of child: String, _ parent: Parent, _ owner: String
  ) async throws(Problem) -> TaskStore.Change? {
    guard let read = try await writer.tasks.read(child, owner: owner, isBulk: true), !read.stored.isWithdrawn,
      read.stored.task.owner == owner, read.stored.task.parent == parent.id,
      read.stored.task.deletedAt == (parent.isBack ? parent.deletedAt : nil)
    else { return nil }
    let change = parent.isBack ? TaskChange.restore : .deleteWithParent(at: parent.deletedAt)
    return try change.apply(to: read.stored, writer.context(owner: owner)).map {
      TaskStore.Change(next: $0, from: read)
    }
  }
}
