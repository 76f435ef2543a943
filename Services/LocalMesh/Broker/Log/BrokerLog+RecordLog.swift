extension BrokerLog: RecordLog {
  static let maximumPartitions: Int32 = 10_000

  func createTopic(_ name: String, partitions: Int32, settings: TopicSettings) async throws {
    guard Self.isTopicName(name) else {
      throw BrokerError.invalid("a topic's name is 1 to 249 of A to Z, a to z, 0 to 9, '.', '_' and '-', not \(name)")
    }
    guard 1...Self.maximumPartitions ~= partitions else {
      throw BrokerError.invalid("1 to \(Self.maximumPartitions) partitions, not \(partitions)")
    }
    try await write { store in
      guard store.topics[name] == nil else { throw BrokerError.topicExists }
      try store.createTopic(name, partitions: partitions, settings: settings)
    }
  }

  private static func isTopicName(_ name: String) -> Bool {
    1...249 ~= name.utf8.count && name != "." && name != ".."
      && name.utf8.allSatisfy { octet in
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  func topics() async -> [TopicDescription] {
    store.topics.values.sorted { $0.name < $1.name }.map {
      TopicDescription(name: $0.name, partitions: Int32($0.partitions.count), settings: $0.settings)
    }
  }

  @discardableResult
  func append(_ records: [BrokerRecord], to partition: TopicPartition) async throws -> Int64 {
    let entries = records.map(LogEntry.init)
    // A producer may put each record into a batch of its own, so the largest is what counts.
    let size = RecordBatch.headerSize + (entries.lazy.map(\.body.count).max() ?? 0)
    return try await write { try $0.append(ProducedBatch(entries: entries, size: size), to: partition, now: 0) }
  }

  func read(_ partition: TopicPartition, from offset: Int64, maxBytes: Int) async throws -> [StoredRecord] {
    var found: [StoredRecord] = []
    var bytes = 0
    try answeringStorageErrors {
      try store.forEachRecord(of: store.partition(partition), from: offset) { offset, timestamp, body in
        bytes += body.count
        guard found.isEmpty || bytes <= maxBytes else { return false }
        let copy = body.withUnsafeBufferPointer { Array($0) }
        found.append(StoredRecord(offset: offset, record: try BrokerRecord(timestamp: timestamp, body: copy)))
        return true
      }
    }
    return found
  }

  func earliestOffset(_ partition: TopicPartition) async throws -> Int64 { try store.partition(partition).start }

  func endOffset(_ partition: TopicPartition) async throws -> Int64 { try store.partition(partition).end }

  nonisolated func waitForAppend(beyond offsets: [TopicPartition: Int64]) async throws {
    let signal = AppendSignal()
    try await watch(offsets, signal)
    await signal.wait()
    await forget(signal)
    try Task.checkCancellation()
  }

  private func watch(_ offsets: [TopicPartition: Int64], _ signal: AppendSignal) throws {
    var partitions: Set<Int64> = []
    for (name, offset) in offsets {
      let partition = try store.partition(name)
      if partition.end > offset { return signal.fire() }
      partitions.insert(partition.id)
    }
    watch(partitions, signal)
  }

  func committedOffsets(group: String) async throws -> [TopicPartition: Int64] {
    try answeringStorageErrors { try store.groupOffsets(group).mapValues(\.offset) }
  }

  func commit(_ offsets: [TopicPartition: Int64], group: String) async throws {
    try await commit(offsets.mapValues { GroupOffset(offset: $0) }, group: group)
  }

  func commit(_ offsets: [TopicPartition: GroupOffset], group: String) async throws {
    try await write { store in
      for (partition, offset) in offsets { try store.keep(offset, for: partition, of: group) }
    }
  }

  /// Only `BrokerError` leaves the log.
  func answeringStorageErrors<Value>(_ body: () throws -> Value) throws(BrokerError) -> Value {
    do {
      return try body()
    } catch let error as BrokerError {
      throw error
    } catch {
      throw .storage("\(error)")
    }
  }
}

extension LogStore {
  /// Checks a batch, then appends it, unless it is a repeat of one that is there.
  func append(_ batch: ProducedBatch, to name: TopicPartition, now: Int64) throws -> Int64 {
    let partition = try partition(name)
    guard batch.size <= partition.settings.maximumBatchSize else { throw BrokerError.batchTooLarge }
    guard !partition.settings.isCompacted || batch.entries.allSatisfy({ $0.key != nil }) else {
      throw BrokerError.keyMissing
    }
    guard let sequence = batch.sequence else { return try append(batch.entries, to: partition) }
    var known = partition.producers[sequence.producer] ?? ProducerSequences(epoch: sequence.epoch, now: now)
    if let offset = try known.offsetOfRepeat(sequence) { return offset }
    let offset = try append(batch.entries, to: partition)
    known.remember(sequence, at: offset, now: now)
    try keep(known, of: sequence.producer, in: partition)
    return offset
  }
}
