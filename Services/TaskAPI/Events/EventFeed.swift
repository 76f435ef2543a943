import TaskModel
import HTTP2Transport
import KafkaClient
import Synchronization

/// Hands what the topics bring to the listeners of this process. It knows where the topics have been read to, so that a
/// listener that joins can be given what lies before that by other means, without a gap.
final class EventFeed: Sendable {
  /// Events that may wait for a slow listener; with more it is cut off, and comes back by its last id.
  static let maximumWaiting = 1_000
  static let maximumListeners = 64
  /// Deliveries of reminders that are remembered, so that a doubled one goes out once.
  static let maximumDeliveries = 100_000

  /// A listener's place in the feed.
  struct Listener: Sendable {
    fileprivate let id: Int
    let owner: String
    /// Where the feed stood when it joined: the items come from here on.
    let position: FeedPosition
    let items: AsyncStream<FeedItem>
  }

  private struct State {
    /// By partition; nil until the topics are followed.
    var positions: [FeedPosition]?
    var listeners: [String: [Int: AsyncStream<FeedItem>.Continuation]] = [:]
    var nextID = 0
    /// Where each delivery was first met: an offset in the reminders of its owner's partition.
    var deliveries: [String: Int64] = [:]
    var deliveryOrder: [String] = []
    var isEnding = false
  }
  private let state = Mutex(State())

  /// The topics are followed from here on.
  func begin(at positions: [FeedPosition]) {
    state.withLock { $0.positions = positions }
  }

  /// The topics are not followed any more: everyone lists anew when they are again.
  func interrupt() {
    let listeners = state.withLock { state in
      state.positions = nil
      defer { state.listeners = [:] }
      return state.listeners.values.flatMap(\.values)
    }
    for listener in listeners { listener.finish() }
  }

  var isFollowing: Bool { state.withLock { $0.positions != nil } }

  /// A record of before the feed's beginning: its delivery is known from now on.
  func remember(_ record: KafkaRecord) {
    guard let delivery = FeedEvent(.reminders, record)?.deliveryID else { return }
    state.withLock { state in _ = Self.isNew(delivery, at: record.offset, &state) }
  }

  func take(_ records: [KafkaRecord]) {
    for record in records {
      guard let topic = FeedTopic(rawValue: record.topic) else { continue }
      let partition = Int(record.partition)
      // Without a listener nothing of a task's record is of interest but that it has passed.
      let hasListeners = state.withLock { !$0.listeners.isEmpty }
      let event = hasListeners || topic == .reminders ? FeedEvent(topic, record) : nil
      let overrun = state.withLock { state -> [AsyncStream<FeedItem>.Continuation] in
        guard state.positions?.indices.contains(partition) == true else { return [] }
        state.positions?[partition].pass(topic, record.offset)
        guard let event, let position = state.positions?[partition] else { return [] }
        if let delivery = event.deliveryID, !Self.isNew(delivery, at: record.offset, &state) { return [] }
        return Self.offer(.event(event, position), to: event.owner, &state)
      }
      for listener in overrun { listener.finish() }
    }
  }

  /// A comment to everyone.
  func beat() {
    let overrun = state.withLock { state in
      state.listeners.keys.flatMap { Self.offer(.comment, to: $0, &state) }
    }
    for listener in overrun { listener.finish() }
  }

  /// Ends every stream with the advice to come back in a second, and refuses new ones.
  func end() {
    let listeners = state.withLock { state in
      state.isEnding = true
      defer { state.listeners = [:] }
      return state.listeners.values.flatMap(\.values)
    }
    for listener in listeners {
      listener.yield(.retry)
      listener.finish()
    }
  }

  func join(_ owner: String) throws(Problem) -> Listener {
    let (items, continuation) = AsyncStream<FeedItem>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maximumWaiting))
    let joined: Result<Listener, Problem> = state.withLock { state in
      guard let position = state.positions?[OwnerPartition.of(owner)], !state.isEnding else {
        return .failure(Problem(503, "Events cannot be followed at the moment.", headers: ["retry-after": "1"]))
      }
      guard state.listeners[owner, default: [:]].count < Self.maximumListeners else {
        return .failure(
          Problem(429, "An owner has at most \(Self.maximumListeners) listeners.", headers: ["retry-after": "10"]))
      }
      state.nextID += 1
      state.listeners[owner, default: [:]][state.nextID] = continuation
      return .success(Listener(id: state.nextID, owner: owner, position: position, items: items))
    }
    let listener = try joined.get()
    // Also when the stream is dropped before anyone has read from it, because the peer has gone.
    continuation.onTermination = { [weak self, id = listener.id] _ in self?.leave(id, of: owner) }
    return listener
  }

  private func leave(_ id: Int, of owner: String) {
    state.withLock { state in
      state.listeners[owner]?[id] = nil
      if state.listeners[owner]?.isEmpty == true { state.listeners[owner] = nil }
    }
  }

  var listenerCount: Int { state.withLock { $0.listeners.values.reduce(0) { $0 + $1.count } } }

  /// - Returns: the listeners that could not keep up; they are taken out.
  private static func offer(
    _ item: FeedItem, to owner: String, _ state: inout State
  ) -> [AsyncStream<FeedItem>.Continuation] {
    var overrun: [AsyncStream<FeedItem>.Continuation] = []
    for (id, listener) in state.listeners[owner] ?? [:] {
      if case .dropped = listener.yield(item) {
        state.listeners[owner]?[id] = nil
        overrun.append(listener)
      }
    }
    return overrun
  }

  /// Whether a delivery had come before the one at this offset, so that whoever listened then has it.
  func isRepeat(_ delivery: String, at offset: Int64) -> Bool {
    state.withLock { $0.deliveries[delivery].map { $0 < offset } ?? false }
  }

  private static func isNew(_ delivery: String, at offset: Int64, _ state: inout State) -> Bool {
    guard state.deliveries[delivery] == nil else { return false }
    state.deliveries[delivery] = offset
    state.deliveryOrder.append(delivery)
    if state.deliveryOrder.count >= 2 * maximumDeliveries {
      for old in state.deliveryOrder.prefix(maximumDeliveries) { state.deliveries[old] = nil }
      state.deliveryOrder.removeFirst(maximumDeliveries)
    }
    return true
  }
}
