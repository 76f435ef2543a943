import TaskModel

/// What a list has to include.
struct IndexedConsistency: Sendable {
  private let tasks: [(id: IndexedID, version: Int64)]
  private let marker: IndexedID?

  init(_ consistency: Consistency) throws(QueryRefusal) {
    tasks = try consistency.tasks.map { task throws(QueryRefusal) in
      guard let id = IndexedID(task.id) else { throw .unreadableToken }
      return (id, Int64(task.version))
    }
    guard !consistency.marker.isEmpty else {
      marker = nil
      return
    }
    guard let id = IndexedID(consistency.marker) else { throw .unreadableToken }
    marker = id
  }

  func isIncluded(in reader: IndexReader) throws -> Bool {
    if let marker, try !reader.includes(marker: marker) { return false }
    return try tasks.allSatisfy { try reader.includes($0.id, version: $0.version) }
  }
}
