import Synchronization

@testable import LocalMesh

/// A log that tells how often the end of a partition was asked for.
final class WatchedLog: RecordLog {
  private struct State {
    var ends = 0
    var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?
  }

  private let log: BrokerLog
  private let state = Mutex(State())

  init(log: BrokerLog) { self.log = log }

  /// Returns once `count` ends have been answered.
  func waitForEnds(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.ends < count { state.watcher = (count, continuation) }
        return state.ends >= count
      }
      if isThere { continuation.resume() }
    }
  }

  func endOffset(_ partition: TopicPartition) async throws -> Int64 {
    let end = try await log.endOffset(partition)
    let watcher = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.ends += 1
      guard let watcher = state.watcher, watcher.count <= state.ends else { return nil }
      state.watcher = nil
      return watcher.continuation
    }
    watcher?.resume()
    return end
  }

  func createTopic(_ name: String, partitions: Int32, settings: TopicSettings) async throws {
    try await log.createTopic(name, partitions: partitions, settings: settings)
  }
  func topics() async -> [TopicDescription] { await log.topics() }
  func append(_ records: [BrokerRecord], to partition: TopicPartition) async throws -> Int64 {
    try await log.append(records, to: partition)
  }
  func read(_ partition: TopicPartition, from offset: Int64, maxBytes: Int) async throws -> [StoredRecord] {
    try await log.read(partition, from: offset, maxBytes: maxBytes)
  }
  func earliestOffset(_ partition: TopicPartition) async throws -> Int64 { try await log.earliestOffset(partition) }
  func waitForAppend(beyond offsets: [TopicPartition: Int64]) async throws {
    try await log.waitForAppend(beyond: offsets)
  }
  func committedOffsets(group: String) async throws -> [TopicPartition: Int64] {
    try await log.committedOffsets(group: group)
  }
  func commit(_ offsets: [TopicPartition: Int64], group: String) async throws {
    try await log.commit(offsets, group: group)
  }
}
