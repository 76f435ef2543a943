import CRdKafka
import EventLoop
import Glibc

/// A queue of librdkafka's events and the eventfd that an event loop watches for it.
///
/// librdkafka writes to the eventfd only when a queue that was found empty gets an element: whoever is woken polls until
/// there is none, or calls ``wakeAgain()``.
final class KafkaEventQueue: @unchecked Sendable {
  // @unchecked: librdkafka's queues and eventfds are thread-safe; `watch` is only handed back to its loop.
  private let handle: KafkaHandle
  private let pointer: OpaquePointer
  private let loop: EventLoop
  private let descriptor: Int32
  private var watch: LoopBound<DescriptorWatch>?

  private struct LoopBound<Value>: @unchecked Sendable {
    // @unchecked: made on the loop and used there alone.
    let value: Value
  }

  private init(handle: KafkaHandle, pointer: OpaquePointer, loop: EventLoop, descriptor: Int32) {
    self.handle = handle
    self.pointer = pointer
    self.loop = loop
    self.descriptor = descriptor
  }

  /// Takes over `queue` of `handle`. `wake` is called on the loop.
  static func open(
    _ queue: OpaquePointer, of handle: KafkaHandle, on loop: EventLoop,
    wake: @escaping @Sendable (KafkaEventQueue) -> Void
  ) async throws -> KafkaEventQueue {
    let descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    let opened = KafkaEventQueue(handle: handle, pointer: queue, loop: loop, descriptor: descriptor)
    try await loop.run {
      let watch = try DescriptorWatch(loop: loop, descriptor: descriptor) { [weak opened] in
        var count: UInt64 = 0
        read(descriptor, &count, 8)  // before the drain: what comes after it shall wake again
        if let opened { wake(opened) }
      }
      opened.watch = LoopBound(value: watch)
    }
    var one: UInt64 = 1
    rd_kafka_queue_io_event_enable(queue, descriptor, &one, 8)
    // What came before is not told.
    opened.wakeAgain()
    return opened
  }

  deinit {
    rd_kafka_queue_io_event_enable(pointer, -1, nil, 0)
    rd_kafka_queue_destroy(pointer)
    loop.execute { [watch, descriptor] in
      watch?.value.cancel()
      close(descriptor)
    }
  }

  /// Hands the next event to `body`; false when there is none. What the event points at lives during the call.
  func poll(_ body: (_ event: OpaquePointer, _ type: Int32) -> Void) -> Bool {
    guard let event = rd_kafka_queue_poll(pointer, 0) else { return false }
    body(event, rd_kafka_event_type(event))
    rd_kafka_event_destroy(event)
    return true
  }

  /// Has `wake` called once more, in another turn of the loop.
  func wakeAgain() {
    var one: UInt64 = 1
    write(descriptor, &one, 8)
  }
}
