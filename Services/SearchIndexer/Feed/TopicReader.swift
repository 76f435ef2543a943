import Daemon
import EventLoop
import JSONLog
import KafkaClient
import Recurrence
import TaskModel

/// Reads `task-events` into the index: by assignment, from the offsets that the index itself keeps.
struct TopicReader: Sendable {
  static let topic = "task-events"
  static let deadLetterTopic = "task-events-dead"
  private static let partitions = (0..<Int32(OwnerPartition.count)).map { $0 }
  private static let pause: Duration = .milliseconds(500)

  private let settings: [String: String]
  private let loop: EventLoop
  private let store: IndexStore
  private let progress: IndexProgress
  private let log: Logger
  private let metrics: IndexMetrics
  /// Puts aside a record that cannot be used.
  private let bury: @Sendable (KafkaRecord) async throws -> Void

  init(
    settings: [String: String], loop: EventLoop, store: IndexStore, progress: IndexProgress, log: Logger,
    metrics: IndexMetrics, bury: @escaping @Sendable (KafkaRecord) async throws -> Void
  ) {
    self.settings = settings
    self.loop = loop
    self.store = store
    self.progress = progress
    self.log = log
    self.metrics = metrics
    self.bury = bury
  }

  /// Until cancelled; begins anew after whatever goes wrong, from where the index stands. Throws when the index is damaged:
  /// its files are gone then, and the next start builds it again.
  func run() async throws {
    // Away from the loop that answers queries.
    try await withTaskExecutorPreference(loop) {
      while true {
        do {
          try await read()
        } catch let error where error is CancellationError || Task.isCancelled {
          throw CancellationError()
        } catch  where IndexStore.isUnusable(error) {
          await store.discard()
          throw error
        } catch {
          log.warning("the topic cannot be read into the index", ["error": .describing(error)])
        }
        try await Task.sleep(for: Self.pause * Double.random(in: 0.5...1.5))
      }
    }
  }

  private func read() async throws {
    let consumer = try await KafkaConsumer(settings: settings, loop: loop) { [log] error in
      log.debug("from librdkafka", ["error": .describing(error)])
    }
    defer { consumer.close() }
    let cluster = try await consumer.cluster()
    let found = cluster.topics[Self.topic] ?? 0
    guard found == Self.partitions.count else {
      throw WrongShape(description: "\(Self.topic) has \(found) partitions, expected \(Self.partitions.count)")
    }
    let clusterID = cluster.id ?? ""
    let bounds = try await consumer.watermarks(topic: Self.topic, partitions: Self.partitions)
    let positions = try await store.positions()
    var continuation = TopicContinuation(clusterID: clusterID, bounds: bounds, positions: positions)
    try await renew(continuation.renewed, bounds, clusterID)
    try await consumer.assign(
      continuation.starts.map { KafkaPosition(topic: Self.topic, partition: $0.key, offset: .exact($0.value)) })
    await progress.begin(
      ends: Self.ends(bounds), read: Dictionary(positions.map { ($0.partition, $0.nextOffset) }) { first, _ in first },
      renewed: continuation.renewed)
    while true {
      let batch = try await consumer.next()
      let renewed = try await take(batch, &continuation, clusterID)
      guard !renewed.isEmpty else { continue }
      try await renew(renewed, bounds, clusterID)
      await progress.renew(ends: Self.ends(bounds).filter { renewed.contains($0.key) })
      try await consumer.seek(
        renewed.map { KafkaPosition(topic: Self.topic, partition: $0, offset: .exact(bounds[$0]?.low ?? 0)) })
    }
  }

  /// Where the partitions end that hold anything.
  private static func ends(_ bounds: [Int32: KafkaWatermarks]) -> [Int32: Int64] {
    bounds.filter { $0.value.low != $0.value.high }.mapValues(\.high)
  }

  /// Begins partitions anew that are others than those that were read. What they do not show is asked about afterwards.
  private func renew(
    _ partitions: Set<Int32>, _ bounds: [Int32: KafkaWatermarks], _ clusterID: String
  ) async throws {
    guard !partitions.isEmpty else { return }
    log.warning("partitions are new and are read from their beginning", ["partitions": .int(partitions.count)])
    try await store.renew(
      partitions.map { .beginning($0, at: bounds[$0]?.low ?? 0, clusterID: clusterID) }, now: .now())
  }

  /// Applies what has come; returns the partitions that turn out to be new.
  private func take(
    _ batch: KafkaBatch, _ continuation: inout TopicContinuation, _ clusterID: String
  ) async throws -> Set<Int32> {
    var records = TopicRecords(clusterID: clusterID)
    var renewed: Set<Int32> = []
    for record in batch.records where !renewed.contains(record.partition) {
      if continuation.fits(record) { records.add(record) } else { renewed.insert(record.partition) }
    }
    for (record, reason) in records.unreadable {
      log.error(
        "a record cannot be used",
        ["partition": .int(Int(record.partition)), "offset": .int(Int(record.offset)), "reason": .string(reason)])
      metrics.countUnreadable()
      try await bury(record)
    }
    var reached: [Int32: Int64] = [:]
    for end in batch.ends where !renewed.contains(end.partition) { reached[end.partition] = end.offset }
    if !records.batches.isEmpty {
      let began = ContinuousClock.now
      let outcome = try await store.apply(Array(records.batches.values), now: .now())
      StopPoint.reach(.rowsCommitted)
      metrics.applied.observe(began.duration(to: .now))
      metrics.count(outcome)
      for id in outcome.refused {
        log.error("an event gives a task to another owner", ["taskId": .string(id.description)])
      }
      reached.merge(records.batches.mapValues(\.position.nextOffset)) { max($0, $1) }
    }
    await progress.advance(reached)
    return renewed
  }

  private struct WrongShape: Error, CustomStringConvertible {
    let description: String
  }
}
