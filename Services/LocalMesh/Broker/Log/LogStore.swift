import SQLite

/// The log's tables and what of them is held in memory. One thread; writes happen inside a transaction of the caller's.
final class LogStore {
  let connection: Connection
  let clusterID: String
  private(set) var topics: [String: Topic] = [:]
  /// Partitions that this transaction appended to.
  private(set) var appended: [Partition] = []

  /// A topic and its partitions by number.
  final class Topic {
    let name: String
    let settings: TopicSettings
    fileprivate(set) var partitions: [Partition] = []

    init(name: String, settings: TopicSettings) {
      self.name = name
      self.settings = settings
    }
  }

  final class Partition {
    let id: Int64
    let settings: TopicSettings
    fileprivate(set) var start: Int64
    fileprivate(set) var end: Int64
    var producers: [Int64: ProducerSequences] = [:]
    fileprivate var isAppended = false

    init(id: Int64, settings: TopicSettings, start: Int64, end: Int64) {
      self.id = id
      self.settings = settings
      self.start = start
      self.end = end
    }
  }

  init(path: String) throws {
    connection = try Connection(path: path, pragmas: LogSchema.pragmas)
    try connection.execute(LogSchema.tables)
    let fresh = Self.makeClusterID()
    try connection.run("INSERT INTO identity SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM identity)", .text(fresh))
    clusterID = try connection.first("SELECT cluster_id FROM identity") { $0.text(0) } ?? fresh
    try reload()
  }

  /// 22 characters like Kafka's own.
  private static func makeClusterID() -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return String((0..<22).map { _ in alphabet.randomElement()! })
  }

  /// Takes what is on disk, after a start and after a transaction that was rolled back.
  func reload() throws {
    topics = [:]
    appended = []
    var topicsByID: [Int64: Topic] = [:]
    try connection.query(
      "SELECT id, name, is_compacted, retention, tombstone_retention, maximum_batch_size FROM topics"
    ) {
      let topic = Topic(
        name: $0.text(1),
        settings: TopicSettings(
          isCompacted: $0.int(2) != 0, retention: $0.optionalInt(3), tombstoneRetention: $0.int(4),
          maximumBatchSize: Int($0.int(5))))
      topicsByID[$0.int(0)] = topic
      topics[topic.name] = topic
    }
    var partitions: [Int64: Partition] = [:]
    try connection.query("SELECT id, topic, start_offset, end_offset FROM partitions ORDER BY topic, number") {
      guard let topic = topicsByID[$0.int(1)] else { return }
      let partition = Partition(id: $0.int(0), settings: topic.settings, start: $0.int(2), end: $0.int(3))
      topic.partitions.append(partition)
      partitions[partition.id] = partition
    }
    try connection.query("SELECT partition, producer, epoch, batches, used_at FROM sequences") {
      partitions[$0.int(0)]?.producers[$0.int(1)] = try ProducerSequences(
        epoch: Int16(clamping: $0.int(2)), usedAt: $0.int(4), encoded: $0.bytes(3))
    }
  }

  func partition(_ name: TopicPartition) throws(BrokerError) -> Partition {
    guard let topic = topics[name.topic], topic.partitions.indices.contains(Int(name.partition)) else {
      throw .unknownTopicOrPartition
    }
    return topic.partitions[Int(name.partition)]
  }

  func createTopic(_ name: String, partitions: Int32, settings: TopicSettings) throws {
    try connection.run(
      "INSERT INTO topics VALUES (NULL, ?, ?, ?, ?, ?)", .text(name), .int(settings.isCompacted ? 1 : 0),
      .int(settings.retention), .int(settings.tombstoneRetention), .int(settings.maximumBatchSize))
    let topicID = connection.lastInsertedRowID
    let topic = Topic(name: name, settings: settings)
    for number in 0..<partitions {
      try connection.run("INSERT INTO partitions VALUES (NULL, ?, ?, 0, 0)", .int(topicID), .int(Int64(number)))
      topic.partitions.append(Partition(id: connection.lastInsertedRowID, settings: settings, start: 0, end: 0))
    }
    topics[name] = topic
  }

  /// Appends records and answers the offset of the first.
  func append(_ entries: [LogEntry], to partition: Partition) throws -> Int64 {
    let first = partition.end
    let insert = try connection.statement("INSERT INTO records VALUES (?, ?, ?)")
    for (index, entry) in entries.enumerated() {
      let place = LogSchema.place(partition.id, first + Int64(index))
      try insert.bind(place, at: 1)
      try insert.bind(entry.timestamp, at: 2)
      try insert.bind(blob: entry.body, at: 3)
      try insert.run()
      if partition.settings.isCompacted, let key = entry.key {
        try compact(Array(key), at: place, in: partition, deletedAt: entry.isTombstone ? entry.timestamp : nil)
      }
    }
    partition.end = first + Int64(entries.count)
    if !partition.isAppended {
      partition.isAppended = true
      appended.append(partition)
    }
    return first
  }

  /// Deletes the older record of a key.
  private func compact(_ key: [UInt8], at place: Int64, in partition: Partition, deletedAt: Int64?) throws {
    let former = try connection.first(
      "SELECT place FROM newest WHERE partition = ? AND key = ?", .int(partition.id), .blob(key)
    ) { $0.int(0) }
    if let former { try connection.run("DELETE FROM records WHERE place = ?", .int(former)) }
    try connection.run(
      "INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?)", .int(partition.id), .blob(key), .int(place), .int(deletedAt))
  }

  /// Writes what the transaction's appends changed beside the records, once a partition; returns their ids.
  func finishAppends() throws -> [Int64] {
    defer { appended.removeAll(keepingCapacity: true) }
    for partition in appended {
      partition.isAppended = false
      try connection.run("UPDATE partitions SET end_offset = ? WHERE id = ?", .int(partition.end), .int(partition.id))
    }
    return appended.map(\.id)
  }

  func keep(_ sequences: ProducerSequences, of producer: Int64, in partition: Partition) throws {
    partition.producers[producer] = sequences
    try connection.run(
      "INSERT OR REPLACE INTO sequences VALUES (?, ?, ?, ?, ?)", .int(partition.id), .int(producer),
      .int(Int64(sequences.epoch)), .blob(sequences.encoded), .int(sequences.usedAt))
  }

  /// Raises the offset that reading begins at; the records below it are gone.
  func raiseStart(of partition: Partition, to offset: Int64) throws {
    try connection.run("UPDATE partitions SET start_offset = ? WHERE id = ?", .int(offset), .int(partition.id))
    partition.start = offset
  }

  func nextProducerID() throws -> Int64 {
    try connection.first("UPDATE identity SET next_producer = next_producer + 1 RETURNING next_producer") { $0.int(0) }
      ?? 0
  }
}
