import Recurrence
import Synchronization

/// Writes messages into the broker's log, on the partitions and with the limits and words of Dapr's Kafka producer.
final class Producer: Sendable {
  private let log: any RecordLog
  private let clock: MeshClock
  /// How many partitions each topic has. Topics do not shrink, and none is deleted while the mesh runs.
  private let partitions = Mutex<[String: Int32]>([:])

  struct Fault: Error, Equatable {
    let reason: String
  }

  /// A record with the partition it is for.
  struct Placed: Sendable {
    let record: BrokerRecord
    let partition: TopicPartition
  }

  init(log: any RecordLog, clock: MeshClock) {
    self.log = log
    self.clock = clock
  }

  /// Makes a record of a message. `limit` is the component's `maxMessageBytes`; nil for what comes from the log itself.
  func place(
    _ value: [UInt8]?, _ metadata: MessageMetadata, topic: String, limit: Int?
  ) async throws(Fault) -> Placed {
    let number = try Self.partitionNumber(metadata)
    let headers = metadata.entries.map { BrokerHeader($0.name, Array($0.value.utf8)) }
    let key = metadata.key.map { Array($0.utf8) }
    let size = Self.size(key, value, headers)
    if let limit, size > limit {
      throw Fault(
        reason: "kafka: invalid configuration (Attempt to produce message larger than configured "
          + "Producer.MaxMessageBytes: \(size) > \(limit))")
    }
    let count = try await count(of: topic)
    if let number, !(0..<Int(count)).contains(number) {
      throw Fault(reason: "partition number \(number) is out of range, topic has \(count) partitions")
    }
    let partition = number.map { Int32($0) } ?? Partitioner.partition(of: key, count: count)
    let record = BrokerRecord(
      timestamp: Int64(clock.now().millisecondsSinceEpoch), key: key, value: value, headers: headers)
    return Placed(record: record, partition: TopicPartition(topic, partition))
  }

  /// Appends; the records are on disk when it returns. All must be for one partition.
  func append(_ records: [BrokerRecord], to partition: TopicPartition) async throws(Fault) {
    do { try await log.append(records, to: partition) } catch { throw Self.fault(error) }
  }

  static func partitionNumber(_ metadata: MessageMetadata) throws(Fault) -> Int? {
    guard let text = metadata["partitionNumber"] else { return nil }
    guard let number = Int(text) else {
      throw Fault(
        reason:
          "invalid partitionNumber metadata value \"\(text)\": strconv.ParseInt: parsing \"\(text)\": invalid syntax")
    }
    return number
  }

  /// Sarama's estimate of a record's octets: 36 and 10 for each header beside what is in it.
  private static func size(_ key: [UInt8]?, _ value: [UInt8]?, _ headers: [BrokerHeader]) -> Int {
    headers.reduce(36 + (key?.count ?? 0) + (value?.count ?? 0)) {
      $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + 10
    }
  }

  private func count(of topic: String) async throws(Fault) -> Int32 {
    if let known = partitions.withLock({ $0[topic] }) { return known }
    let found = await log.topics()
    partitions.withLock { known in for topic in found { known[topic.name] = topic.partitions } }
    guard let count = partitions.withLock({ $0[topic] }) else {
      let isName = topic.utf8.allSatisfy {
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8.contains($0)
      }
      throw Fault(
        reason: isName
          ? "kafka server: Request was for a topic or partition that does not exist on this broker"
          : "kafka server: The request attempted to perform an operation on an invalid topic")
    }
    return count
  }

  private static func fault(_ error: any Error) -> Fault {
    if error is ReachableLog.Away {
      return Fault(reason: "kafka: client has run out of available brokers to talk to: connect: connection refused")
    }
    switch error as? BrokerError {
    case .batchTooLarge:
      return Fault(reason: "kafka server: Message was too large, server rejected it to avoid allocation error")
    case .keyMissing:
      return Fault(reason: "kafka server: this record has failed the validation on the broker and hence be rejected")
    case .unknownTopicOrPartition:
      return Fault(reason: "kafka server: Request was for a topic or partition that does not exist on this broker")
    default: return Fault(reason: "kafka: \(error)")
    }
  }
}
