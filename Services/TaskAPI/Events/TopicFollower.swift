import TaskModel
import EventLoop
import JSONLog
import KafkaClient
import Recurrence

/// Follows both topics from their ends for the feed, and reads what lies before for listeners that come back.
struct TopicFollower: Sendable {
  /// How far back the deliveries are remembered from before the start.
  private static let lookBack: Duration = .seconds(3_600)
  private static let pause: Duration = .seconds(1)
  /// What lies further back may have been compacted with its tombstones.
  private static let oldest: Duration = .seconds(6 * 86_400)

  let settings: [String: String]
  let loop: EventLoop
  let feed: EventFeed
  let log: Logger

  private static let partitions = (0..<Int32(OwnerPartition.count)).map { $0 }

  /// Until cancelled; begins anew after whatever goes wrong.
  func run() async {
    while !Task.isCancelled {
      do {
        try await follow()
      } catch is CancellationError {
        break
      } catch {
        log.warning("the topics cannot be followed", ["error": .describing(error)])
      }
      feed.interrupt()
      try? await Task.sleep(for: Self.pause)
    }
    feed.interrupt()
  }

  private func follow() async throws {
    let consumer = try await KafkaConsumer(settings: settings, loop: loop)
    defer { consumer.close() }
    let tasks = try await consumer.watermarks(topic: FeedTopic.tasks.rawValue, partitions: Self.partitions)
    let reminders = try await consumer.watermarks(topic: FeedTopic.reminders.rawValue, partitions: Self.partitions)
    let hourAgo = Int64(Instant.now().millisecondsSinceEpoch) - Int64(Self.lookBack / .milliseconds(1))
    let remembered = try await consumer.offsets(
      notBefore: hourAgo, topic: FeedTopic.reminders.rawValue, partitions: Self.partitions)
    var ends: [FeedPosition] = []
    var starts: [KafkaPosition] = []
    for partition in Self.partitions {
      guard let tasks = tasks[partition], let reminders = reminders[partition] else {
        throw NotFollowed(description: "partition \(partition) is missing")
      }
      ends.append(FeedPosition(partition: Int(partition), tasks: tasks.high, reminders: reminders.high))
      starts.append(
        KafkaPosition(topic: FeedTopic.tasks.rawValue, partition: partition, offset: .exact(tasks.high)))
      starts.append(
        KafkaPosition(
          topic: FeedTopic.reminders.rawValue, partition: partition,
          offset: .exact(min(remembered[partition] ?? reminders.high, reminders.high))))
    }
    try await consumer.assign(starts)
    feed.begin(at: ends)
    while true {
      let batch = try await consumer.next()
      let isBefore = { (record: KafkaRecord) in
        record.topic == FeedTopic.reminders.rawValue && record.offset < ends[Int(record.partition)].reminders
      }
      for record in batch.records where isBefore(record) { feed.remember(record) }
      feed.take(batch.records.filter { !isBefore($0) })
    }
  }

  /// Gives the events of a partition from one position up to another, as they are read.
  /// - Throws: ``Lost`` when the beginning is not there any more, or may have been compacted.
  func backlog(
    from start: FeedPosition, to end: FeedPosition, now milliseconds: Int64,
    _ each: (FeedTopic, KafkaRecord) async throws -> Void
  ) async throws {
    guard start.partition == end.partition, start.tasks >= 0, start.reminders >= 0, start.tasks <= end.tasks,
      start.reminders <= end.reminders
    else { throw Lost() }
    var missing: [String: Int64] = [:]
    if start.tasks < end.tasks { missing[FeedTopic.tasks.rawValue] = end.tasks }
    if start.reminders < end.reminders { missing[FeedTopic.reminders.rawValue] = end.reminders }
    guard !missing.isEmpty else { return }
    let consumer = try await KafkaConsumer(settings: settings, loop: loop)
    defer { consumer.close() }
    let partition = Int32(start.partition)
    for (topic, begin) in [(FeedTopic.tasks, start.tasks), (.reminders, start.reminders)] {
      let bounds = try await consumer.watermarks(topic: topic.rawValue, partitions: [partition])
      guard let low = bounds[partition]?.low, low <= begin else { throw Lost() }
    }
    try await consumer.assign(
      missing.keys.map { topic in
        KafkaPosition(
          topic: topic, partition: partition,
          offset: .exact(topic == FeedTopic.tasks.rawValue ? start.tasks : start.reminders))
      })
    while !missing.isEmpty {
      let batch = try await consumer.next()
      for record in batch.records {
        guard let topic = FeedTopic(rawValue: record.topic), let end = missing[record.topic] else { continue }
        if record.timestamp >= 0, milliseconds - record.timestamp > Int64(Self.oldest / .milliseconds(1)) {
          throw Lost()
        }
        if record.offset < end { try await each(topic, record) }
        if record.offset >= end - 1 { missing[record.topic] = nil }
      }
      for reached in batch.ends where reached.offset >= missing[reached.topic] ?? .max { missing[reached.topic] = nil }
    }
  }

  struct Lost: Error {}

  private struct NotFollowed: Error, CustomStringConvertible {
    let description: String
  }
}
