import CRdKafka
import EventLoop
import Synchronization

/// Reads partitions that it is told to read, from where it is told. It belongs to no group and commits nothing: its owner
/// keeps the offsets.
///
/// Records are taken from librdkafka only when asked for: an owner that does not ask makes its fetches stop at
/// `queued.max.messages.kbytes`. A broker that is down is reported to `notice` and met again by librdkafka alone.
public final class KafkaConsumer: Sendable {
  private let handle: KafkaHandle
  private let queue: KafkaEventQueue
  private let wake = WakeSignal()
  private let notice: @Sendable (KafkaError) -> Void
  private let state = Mutex(State())

  private struct State {
    /// Met behind records that had to go out first.
    var failure: KafkaError?
    var isClosed = false
  }

  /// The most records and octets of keys and values that ``next()`` gives at once (one record may pass the octets).
  private static let recordsPerBatch = 1_000
  private static let bytesPerBatch = 1 << 20

  private static let defaults = [
    "group.id": "taskmesh-by-assignment",  // asked for though no group is joined
    "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error",
    "enable.partition.eof": "true", "fetch.wait.max.ms": "250", "queued.max.messages.kbytes": "8192",
    "fetch.error.backoff.ms": "100", "reconnect.backoff.max.ms": "1000",
  ]

  /// - Parameters:
  ///   - settings: librdkafka's properties; `bootstrap.servers` must be there.
  ///   - loop: where the wake-ups come; records are taken in the task that calls ``next()``.
  ///   - notice: told of what librdkafka meets and handles itself, such as a broker that is down.
  public init(
    settings: [String: String], loop: EventLoop, notice: @escaping @Sendable (KafkaError) -> Void = { _ in }
  ) async throws {
    handle = try KafkaHandle(
      RD_KAFKA_CONSUMER, settings: settings, defaults: Self.defaults,
      events: RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_ERROR)
    self.notice = notice
    rd_kafka_poll_set_consumer(handle.pointer)
    guard let queue = rd_kafka_queue_get_consumer(handle.pointer) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, message: "no consumer queue: group.id is empty")
    }
    self.queue = try await KafkaEventQueue.open(queue, of: handle, on: loop) { [wake] _ in wake.set() }
  }

  /// Reads exactly these partitions from now on. Records of others that were fetched already are dropped.
  public func assign(_ positions: [KafkaPosition]) async throws {
    state.withLock { $0.failure = nil }
    try await BlockingCall.run { [handle] () throws(KafkaError) in
      let list = PartitionList(positions)
      try KafkaError.check(rd_kafka_assign(handle.pointer, list.pointer))
    }
  }

  /// Goes on from other offsets in partitions that are assigned.
  public func seek(_ positions: [KafkaPosition], timeout: Duration = .seconds(10)) async throws {
    state.withLock { $0.failure = nil }
    try await BlockingCall.run { [handle] () throws(KafkaError) in
      let list = PartitionList(positions)
      if let error = rd_kafka_seek_partitions(handle.pointer, list.pointer, timeout.milliseconds) {
        throw KafkaError(taking: error)
      }
      try list.check()
    }
  }

  /// What has come since the last call, at least one record or end; waits for it. One task at a time may call.
  ///
  /// - Throws: `KafkaError` for a partition that can't be read on (the others go on: call again), such as
  ///   ``KafkaError/Code/offsetOutOfRange``, after which `assign` or `seek` says where to go on; `CancellationError`.
  public func next() async throws -> KafkaBatch {
    while true {
      try Task.checkCancellation()
      let (failure, isClosed) = state.withLock { state in
        defer { state.failure = nil }
        return (state.failure, state.isClosed)
      }
      if isClosed { throw KafkaError.closed }
      if let failure { throw failure }
      let batch = take()
      if !batch.isEmpty { return batch }
      if state.withLock({ $0.failure != nil }) { continue }
      await wake.wait()
    }
  }

  /// Ends a waiting ``next()`` and every later one with ``KafkaError/Code/closed``.
  public func close() {
    state.withLock { $0.isClosed = true }
    wake.set()
  }

  /// The cluster and its topics. The broker answers behind a fetch that waits (`fetch.wait.max.ms`).
  public func cluster(timeout: Duration = .seconds(10)) async throws -> KafkaCluster {
    try await handle.cluster(timeout: timeout)
  }

  /// The lowest and the next offset of each partition. The broker answers behind a fetch that waits (`fetch.wait.max.ms`).
  public func watermarks(
    topic: String, partitions: [Int32], timeout: Duration = .seconds(10)
  ) async throws -> [Int32: KafkaWatermarks] {
    try await handle.watermarks(topic: topic, partitions: partitions, timeout: timeout)
  }

  /// Of each partition the offset of the first record that is not older than a time (milliseconds since 1970, UTC); a
  /// partition without one is left out.
  public func offsets(
    notBefore milliseconds: Int64, topic: String, partitions: [Int32], timeout: Duration = .seconds(10)
  ) async throws -> [Int32: Int64] {
    try await handle.offsets(notBefore: milliseconds, topic: topic, partitions: partitions, timeout: timeout)
  }

  /// Takes events until there is none, the batch is full, or one is an error.
  private func take() -> KafkaBatch {
    var batch = KafkaBatch()
    var bytes = 0
    while batch.records.count < Self.recordsPerBatch, bytes < Self.bytesPerBatch {
      var failure: KafkaError?
      let found = queue.poll { event, type in
        switch type {
        case RD_KAFKA_EVENT_FETCH:
          while let message = rd_kafka_event_message_next(event) {
            let record = KafkaRecord(message.pointee, message)
            bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
            batch.records.append(record)
          }
        case RD_KAFKA_EVENT_ERROR: failure = error(event, &batch)
        default: break
        }
      }
      if let failure {
        state.withLock { $0.failure = failure }
        break
      }
      if !found { break }
    }
    return batch
  }

  /// Files an error event: an end of a partition, news about brokers, or what `next` has to throw.
  private func error(_ event: OpaquePointer, _ batch: inout KafkaBatch) -> KafkaError? {
    let code = rd_kafka_event_error(event)
    let message = String(cString: rd_kafka_event_error_string(event))
    guard let place = rd_kafka_event_topic_partition(event) else {
      if rd_kafka_event_error_is_fatal(event) != 0 {
        return KafkaError(code: .fatal, name: String(cString: rd_kafka_err2name(code)), message: message)
      }
      notice(KafkaError(code, message: message))
      return nil
    }
    defer { rd_kafka_topic_partition_destroy(place) }
    let topic = String(cString: place.pointee.topic)
    if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
      batch.ends.append(KafkaEnd(topic: topic, partition: place.pointee.partition, offset: place.pointee.offset))
      return nil
    }
    return KafkaError(code, message: message, topic: topic, partition: place.pointee.partition)
  }
}

extension KafkaConsumer: AsyncSequence {
  /// `for try await batch in consumer` calls ``KafkaConsumer/next()`` until it throws; ``KafkaConsumer/close()`` ends it.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let consumer: KafkaConsumer

    public mutating func next() async throws -> KafkaBatch? {
      do {
        return try await consumer.next()
      } catch let error as KafkaError where error.code == .closed {
        return nil
      }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(consumer: self) }
}
