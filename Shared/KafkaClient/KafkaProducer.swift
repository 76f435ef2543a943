import CRdKafka
import EventLoop
import Synchronization

/// Appends records to partitions that the caller names, acknowledged by all replicas.
///
/// librdkafka repeats what fails until `delivery.timeout.ms` (30 s unless set) is over. Without idempotence a repeat may
/// append a record twice; with it (`isIdempotent`) never, and each partition keeps the order of the calls.
public final class KafkaProducer: Sendable {
  private let handle: KafkaHandle
  private let queue: KafkaEventQueue
  private let deliveries: Deliveries

  /// - Parameters:
  ///   - settings: librdkafka's properties; `bootstrap.servers` must be there.
  ///   - isIdempotent: see above; the broker must give producer ids.
  ///   - loop: where acknowledgements come in. One that serves nothing else keeps them out of requests' way.
  ///   - notice: told of what librdkafka meets and handles itself, such as a broker that is down.
  public init(
    settings: [String: String], isIdempotent: Bool, loop: EventLoop,
    notice: @escaping @Sendable (KafkaError) -> Void = { _ in }
  ) async throws {
    let defaults = [
      "acks": "all", "enable.idempotence": isIdempotent ? "true" : "false", "linger.ms": "0",
      "delivery.timeout.ms": "30000", "reconnect.backoff.max.ms": "1000",
    ]
    handle = try KafkaHandle(
      RD_KAFKA_PRODUCER, settings: settings, defaults: defaults, events: RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
    guard let queue = rd_kafka_queue_get_main(handle.pointer) else {
      throw KafkaError(code: .fatal, name: "_FAIL", message: "no event queue")
    }
    let deliveries = Deliveries(notice: notice)
    self.deliveries = deliveries
    self.queue = try await KafkaEventQueue.open(queue, of: handle, on: loop) { deliveries.drain($0) }
  }

  /// Appends a record and returns its offset once it is acknowledged. Not cancellable: what was handed over may arrive.
  ///
  /// - Parameters:
  ///   - partition: nil has the key choose it.
  ///   - value: nil is a tombstone.
  ///   - timestamp: milliseconds since 1970, UTC; nil is now.
  /// - Returns: the offset, or nil when an idempotent repeat met a broker that no longer knew it (the record is there).
  /// - Throws: `KafkaError`; after ``KafkaError/Code/timedOut`` the record may have been appended.
  @discardableResult
  public func produce(
    topic: String, partition: Int32?, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = [],
    timestamp: Int64? = nil
  ) async throws -> Int64? {
    let record = ProducedRecord(
      topic: topic, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp)
    return try await withCheckedThrowingContinuation { continuation in
      deliveries.begin()
      let delivery = Unmanaged.passRetained(Delivery(continuation))
      if let error = record.hand(to: handle, opaque: delivery.toOpaque()) {
        delivery.release()
        deliveries.end()
        continuation.resume(throwing: error)
      }
    }
  }

  /// Returns once everything produced so far is acknowledged or has failed.
  public func flush() async { await deliveries.none() }

  /// Gives up what is not acknowledged (``KafkaError/Code/closed`` to its callers) and returns when all have been told.
  public func close() async {
    rd_kafka_purge(handle.pointer, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
    await flush()
  }
}

/// Who waits for the acknowledgement of one record.
private final class Delivery {
  let continuation: CheckedContinuation<Int64?, any Error>
  init(_ continuation: CheckedContinuation<Int64?, any Error>) { self.continuation = continuation }
}

/// Counts the records under way and tells their callers.
private final class Deliveries: Sendable {
  private struct State {
    var underWay = 0
    var flushes: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())
  private let notice: @Sendable (KafkaError) -> Void

  /// Events served in one turn of the loop, each with up to thousands of records.
  private static let eventsPerTurn = 64

  init(notice: @escaping @Sendable (KafkaError) -> Void) { self.notice = notice }

  func begin() { state.withLock { $0.underWay += 1 } }

  func end(_ count: Int = 1) {
    let flushes = state.withLock { state in
      state.underWay -= count
      guard state.underWay == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.flushes = [] }
      return state.flushes
    }
    for flush in flushes { flush.resume() }
  }

  func none() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.underWay > 0 { state.flushes.append(continuation) }
        return state.underWay == 0
      }
      if isIdle { continuation.resume() }
    }
  }

  /// Loop thread.
  func drain(_ queue: KafkaEventQueue) {
    for _ in 0..<Self.eventsPerTurn {
      let found = queue.poll { event, type in
        switch type {
        case RD_KAFKA_EVENT_DR: deliver(event)
        case RD_KAFKA_EVENT_ERROR:
          notice(
            KafkaError(rd_kafka_event_error(event), message: String(cString: rd_kafka_event_error_string(event))))
        default: break
        }
      }
      if !found { return }
    }
    queue.wakeAgain()
  }

  private func deliver(_ event: OpaquePointer) {
    var count = 0
    while let message = rd_kafka_event_message_next(event)?.pointee {
      guard let opaque = message._private else { continue }
      count += 1
      let continuation = Unmanaged<Delivery>.fromOpaque(opaque).takeRetainedValue().continuation
      if message.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        continuation.resume(returning: message.offset >= 0 ? message.offset : nil)
      } else {
        let topic = message.rkt.map { String(cString: rd_kafka_topic_name($0)) }
        continuation.resume(throwing: KafkaError(message.err, topic: topic, partition: message.partition))
      }
    }
    end(count)
  }
}
