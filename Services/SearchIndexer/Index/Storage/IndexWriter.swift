import Daemon
import Recurrence
import SQLite

/// Writes what a partition's records say: rows, words, counts and how far was read, all in one transaction, so that a
/// record counts exactly once whenever the process ends. One thread at a time.
final class IndexWriter {
  let connection: Connection
  private var owners: OwnerTable
  private var labels: LabelTable
  private let words: WordTable

  /// Opens the index, or makes it.
  init(path: String) throws {
    connection = try IndexSchema.openWriter(path: path)
    owners = OwnerTable(connection)
    labels = LabelTable(connection)
    words = WordTable(connection)
  }

  /// Applies whole batches, or on an error nothing. `now` dates what is kept for a time.
  func apply(_ batches: [IndexBatch], now: Instant) throws -> IndexBatchOutcome {
    do {
      return try connection.transaction {
        var outcome = IndexBatchOutcome()
        var latest = LatestVersions()
        for batch in batches {
          for record in batch.records {
            switch record {
            case .task(let task): latest.add(task)
            case .purged(let id):
              // Its row may come from a record before it.
              try write(latest.take(), now, &outcome)
              try purge(id, now, &outcome)
            case .marker(let id, let offset): try Markers.add(id, batch.position.partition, offset, to: connection)
            }
          }
          try Positions.save(batch.position, to: connection)
        }
        try write(latest.take(), now, &outcome)
        try owners.flush()
        try labels.flush()
        StopPoint.reach(.rowsWritten)
        return outcome
      }
    } catch {
      owners.forget()
      labels.forget()
      throw error
    }
  }

  private struct Step {
    let row: Int64
    let owner: Int64
    let isNew: Bool
    let task: IndexedTask
  }

  private func write(_ latest: LatestVersions, _ now: Instant, _ outcome: inout IndexBatchOutcome) throws {
    outcome.ignored += latest.superseded
    var steps: [Step] = []
    steps.reserveCapacity(latest.tasks.count)
    for (task, isInverted) in latest.tasks {
      guard let step = try step(for: task, isInverted, now, &outcome) else { continue }
      steps.append(step)
      try Doubts.clear(task.id, in: connection)
      if isInverted { try Doubts.add(task.id, .inverted, now, to: connection) }
    }
    steps.sort { $0.row < $1.row }
    for step in steps { try write(step) }
    for step in steps { try Doubts.addLeftBehind(step.task, owner: step.owner, now, to: connection) }
    outcome.written += steps.count
  }

  /// Where the task goes; nil when the index has this version or a higher one.
  private func step(
    for task: IndexedTask, _ isInverted: Bool, _ now: Instant, _ outcome: inout IndexBatchOutcome
  ) throws -> Step? {
    let stored = try connection.first("SELECT row, owner, version FROM task WHERE id = ?", .blob(task.id.bytes)) {
      (row: $0.int(0), owner: $0.int(1), version: $0.int(2))
    }
    guard let stored else {
      if try Purges.cover(task, in: connection) {
        outcome.ignored += 1
        return nil
      }
      let (number, row) = try owners.update(task.owner) { ($0.number, $0.takeRow()) }
      return Step(row: row, owner: number, isNew: true, task: task)
    }
    guard stored.version < task.version else {
      if stored.version > task.version || isInverted {
        try Doubts.add(task.id, .inverted, now, to: connection)
      } else {
        try Doubts.settle(task.id, in: connection)
      }
      outcome.ignored += 1
      return nil
    }
    guard try owners.owner(task.owner).number == stored.owner else {
      outcome.refused.append(task.id)
      return nil
    }
    return Step(row: stored.row, owner: stored.owner, isNew: false, task: task)
  }

  private func write(_ step: Step) throws {
    let old = step.isNew ? nil : try StoredTask.read(step.row, from: connection)
    let new = step.task.stored
    try step.task.write(step.row, owner: step.owner, isNew: step.isNew, to: connection)
    try words.replace(step.row, owner: step.owner, old, with: new)
    try count(step.row, step.owner, old, new)
    try owners.update(step.task.owner) { owner in
      if let old { owner.count(old.state, -1) }
      owner.count(new.state, 1)
    }
  }

  private func purge(_ id: IndexedID, _ now: Instant, _ outcome: inout IndexBatchOutcome) throws {
    try Doubts.clear(id, in: connection)
    let stored = try connection.first(
      """
      SELECT t.row, t.version, t.updated, o.number, o.name FROM task t JOIN owner o ON o.number = t.owner
      WHERE t.id = ?
      """, .blob(id.bytes)
    ) { (row: $0.int(0), version: $0.int(1), updated: $0.int(2), owner: $0.int(3), name: $0.text(4)) }
    guard let stored, let old = try StoredTask.read(stored.row, from: connection) else { return }
    try words.replace(stored.row, owner: stored.owner, old, with: nil)
    try count(stored.row, stored.owner, old, nil)
    try owners.update(stored.name) { $0.count(old.state, -1) }
    try connection.run("DELETE FROM task WHERE row = ?", .int(stored.row))
    try connection.run("DELETE FROM body WHERE row = ?", .int(stored.row))
    try Purges.add(id, version: stored.version, updated: stored.updated, now, to: connection)
    outcome.purged += 1
  }

  /// Moves a task from its old tags and list to its new ones.
  private func count(_ row: Int64, _ owner: Int64, _ old: StoredTask?, _ new: StoredTask?) throws {
    let oldTags = try tags(of: old, owner)
    let newTags = try tags(of: new, owner)
    if let old {
      for tag in oldTags { labels.count(tag, old.state, -1) }
      labels.count(try labels.id(owner: owner, .list, old.list), old.state, -1)
    }
    if let new {
      for tag in newTags { labels.count(tag, new.state, 1) }
      labels.count(try labels.id(owner: owner, .list, new.list), new.state, 1)
    }
    for tag in oldTags.subtracting(newTags) {
      try connection.run("DELETE FROM labelling WHERE label = ? AND task = ?", .int(tag), .int(row))
    }
    for tag in newTags.subtracting(oldTags) {
      try connection.run("INSERT INTO labelling (label, task) VALUES (?, ?)", .int(tag), .int(row))
    }
  }

  private func tags(of task: StoredTask?, _ owner: Int64) throws -> Set<Int64> {
    guard let task else { return [] }
    return try TagList.split(task.tags).reduce(into: []) { $0.insert(try labels.id(owner: owner, .tag, $1)) }
  }

  /// One step of tidying the search table, for idle moments. False when there was nothing to do.
  func merge() throws -> Bool { try words.merge(pages: 200) }
}
