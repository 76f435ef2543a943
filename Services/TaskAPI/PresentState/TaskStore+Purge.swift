import DaprClient

extension TaskStore {
  /// Deletes what is left of a task in one transaction: its history up to `version`, and its state where there is one.
  ///
  /// Not through the journal: the tombstone tells of it, and who has this done repeats it until the tombstone is out.
  /// A transaction that lands late finds the ETag, or nothing.
  /// - Parameter etag: of the state; nil when that is gone already.
  /// - Returns: false when it is not known to be gone.
  func purge(_ id: String, version: Int, ifState etag: ETag?) async -> Bool {
    let kept = stride(from: max(1, version - Self.keptVersions + 1), through: version, by: 1)
    var operations = kept.map { StateOperation.delete(TaskKeys.history(id, $0)) }
    if let etag { operations.append(.delete(TaskKeys.task(id), if: .matches(etag))) }
    return operations.isEmpty ? true : await store.transaction(operations) == .committed
  }
}
