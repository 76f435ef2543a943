/// The broker's log as the sidecars reach it: while the broker is away, nothing is written or read.
struct ReachableLog: RecordLog {
  let log: any RecordLog
  let isUp: @Sendable () -> Bool

  /// The broker's port is closed.
  struct Away: Error {}

  private func reached() throws -> any RecordLog {
    guard isUp() else { throw Away() }
    return log
  }

  func createTopic(_ name: String, partitions: Int32, settings: TopicSettings) async throws {
    try await reached().createTopic(name, partitions: partitions, settings: settings)
  }

  func topics() async -> [TopicDescription] { await log.topics() }

  @discardableResult
  func append(_ records: [BrokerRecord], to partition: TopicPartition) async throws -> Int64 {
    try await reached().append(records, to: partition)
  }

  func read(_ partition: TopicPartition, from offset: Int64, maxBytes: Int) async throws -> [StoredRecord] {
    try await reached().read(partition, from: offset, maxBytes: maxBytes)
  }

  func earliestOffset(_ partition: TopicPartition) async throws -> Int64 {
    try await reached().earliestOffset(partition)
  }

  func endOffset(_ partition: TopicPartition) async throws -> Int64 { try await reached().endOffset(partition) }

  func waitForAppend(beyond offsets: [TopicPartition: Int64]) async throws {
    try await reached().waitForAppend(beyond: offsets)
  }

  func committedOffsets(group: String) async throws -> [TopicPartition: Int64] {
    try await reached().committedOffsets(group: group)
  }

  func commit(_ offsets: [TopicPartition: Int64], group: String) async throws {
    try await reached().commit(offsets, group: group)
  }
}
