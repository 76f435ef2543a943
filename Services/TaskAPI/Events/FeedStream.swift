import HTTP2Transport
import KafkaClient

/// One listener's stream from its head to its end. It leaves the feed when it is dropped.
struct FeedStream: Sendable {
  /// Reads what lies between two positions; the follower's, or a test's.
  typealias Backlog =
    @Sendable (
      _ start: FeedPosition, _ end: FeedPosition, _ each: (FeedTopic, KafkaRecord) async throws -> Void
    ) async throws -> Void

  let feed: EventFeed
  let backlog: Backlog

  /// - Parameter lastEventID: the header's value; nil and an empty one begin now.
  func run(_ listener: EventFeed.Listener, lastEventID: String?, _ write: ([UInt8]) async throws -> Void) async throws {
    try await write(FeedItem.comment.bytes)
    if let lastEventID, !lastEventID.isEmpty { try await resume(listener, lastEventID, write) }
    for await item in listener.items { try await write(item.bytes) }
  }

  private func resume(
    _ listener: EventFeed.Listener, _ lastEventID: String, _ write: ([UInt8]) async throws -> Void
  ) async throws {
    do {
      guard var position = FeedPosition(lastEventID), position.partition == listener.position.partition else {
        throw TopicFollower.Lost()
      }
      var deliveries: Set<String> = []
      try await backlog(position, listener.position) { topic, record in
        position.pass(topic, record.offset)
        guard let event = FeedEvent(topic, record), event.owner == listener.owner else { return }
        if let delivery = event.deliveryID {
          guard !feed.isRepeat(delivery, at: record.offset), deliveries.insert(delivery).inserted else { return }
        }
        try await write(FeedItem.event(event, position).bytes)
      }
    } catch is TopicFollower.Lost {
      try await write(FeedItem.reset(listener.position).bytes)
    }
  }
}
