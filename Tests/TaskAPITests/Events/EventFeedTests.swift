import HTTP2Transport
import KafkaClient
import Recurrence
import Synchronization
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct EventFeedTests {
  private static let partition = OwnerPartition.of("ann")

  private static func feed(tasks: Int64 = 10, reminders: Int64 = 5) -> EventFeed {
    let feed = EventFeed()
    feed.begin(
      at: (0..<OwnerPartition.count).map { FeedPosition(partition: $0, tasks: tasks, reminders: reminders) })
    return feed
  }

  private static func task(_ offset: Int64, owner: String = "ann", title: String = "Water") -> KafkaRecord {
    let task = TaskItem(id: "id-\(offset)", owner: owner, title: title, createdAt: Instant(secondsSinceEpoch: 0))
    return KafkaRecord(
      topic: "task-events", partition: Int32(OwnerPartition.of(owner)), offset: offset, key: Array(task.id.utf8),
      value: TaskEvent(task: task, change: ["title"]).json, timestamp: 1000)
  }

  private static func reminder(_ offset: Int64, delivery: String) -> KafkaRecord {
    let body = #"{"specversion":"1.0","id":"x","data":{"deliveryId":"\#(delivery)","taskId":"t","owner":"ann"}}"#
    return KafkaRecord(
      topic: "task-reminders", partition: Int32(partition), offset: offset, key: nil, value: Array(body.utf8),
      timestamp: 1000)
  }

  /// Runs a stream until it ends, and gives its messages without the blank lines.
  private static func messages(
    _ feed: EventFeed, lastEventID: String? = nil, backlog: [KafkaRecord] = [], isLost: Bool = false,
    _ meanwhile: @Sendable () -> Void
  ) async throws -> [String] {
    let stream = FeedStream(feed: feed) { _, _, each in
      if isLost { throw TopicFollower.Lost() }
      for record in backlog { if let topic = FeedTopic(rawValue: record.topic) { try await each(topic, record) } }
    }
    let listener = try feed.join("ann")
    meanwhile()
    feed.end()
    let written = Mutex<[UInt8]>([])
    try await stream.run(listener, lastEventID: lastEventID) { bytes in written.withLock { $0 += bytes } }
    let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
    #expect(text.hasSuffix("\n\n"))
    return text.split(separator: "\n\n").map(String.init)
  }

  @Test func aListenerGetsItsOwnersEventsWithTheirPlaces() async throws {
    let feed = Self.feed()
    let messages = try await Self.messages(feed) {
      feed.take([Self.task(10), Self.reminder(5, delivery: "d"), Self.task(3, owner: "bob"), Self.task(12)])
      feed.beat()
    }
    let partition = Self.partition
    #expect(messages.count == 6)
    #expect(messages[0] == ":" && messages[4] == ":" && messages[5] == "retry: 1000")
    #expect(
      messages[1].hasPrefix(
        "id: \(partition)-11-5\nevent: task\ndata: {\"change\":[\"title\"],\"task\":{\"id\":\"id-10\""))
    #expect(
      messages[2] == "id: \(partition)-11-6\nevent: reminder\ndata: {\"deliveryId\":\"d\",\"taskId\":\"t\"}")
    #expect(messages[3].hasPrefix("id: \(partition)-13-6\nevent: task\n"))
    #expect(!messages[1].contains("owner"))
  }

  @Test func tombstonesMarksAndWhatCannotBeReadPassInSilence() async throws {
    let feed = Self.feed()
    var tombstone = Self.task(10)
    tombstone.value = nil
    var mark = Self.task(11)
    mark.value = MarkerEvent(marker: "m").json
    var broken = Self.task(12)
    broken.value = Array("{".utf8)
    let records = [tombstone, mark, broken, Self.task(13)]
    let messages = try await Self.messages(feed) { feed.take(records) }
    #expect(messages.count == 3 && messages[1].hasPrefix("id: \(Self.partition)-14-5\n"))
  }

  @Test func aDeliveryThatComesTwiceGoesOutOnce() async throws {
    let feed = Self.feed()
    feed.remember(Self.reminder(4, delivery: "before"))
    let messages = try await Self.messages(feed) {
      feed.take([
        Self.reminder(5, delivery: "before"), Self.reminder(6, delivery: "d"), Self.reminder(7, delivery: "d"),
      ])
    }
    #expect(messages.count == 3 && messages[1].contains("\"deliveryId\":\"d\""))
  }

  @Test func whoComesBackGetsWhatItHasMissedAndThenWhatComes() async throws {
    let feed = Self.feed()
    let messages = try await Self.messages(
      feed, lastEventID: "\(Self.partition)-7-5",
      backlog: [Self.task(7), Self.task(8, owner: "bob"), Self.task(9)]
    ) { feed.take([Self.task(10)]) }
    #expect(
      messages.map { $0.split(separator: "\n")[0] } == [
        ":", "id: \(Self.partition)-8-5", "id: \(Self.partition)-10-5", "id: \(Self.partition)-11-5", "retry: 1000",
      ])
  }

  /// Sent, then the firer died before its mark; sent again under the same id while the listener was away.
  @Test func whoComesBackDoesNotGetADeliveryAgainThatItHad() async throws {
    let feed = Self.feed()
    feed.remember(Self.reminder(3, delivery: "d"))
    let messages = try await Self.messages(
      feed, lastEventID: "\(Self.partition)-10-4",
      backlog: [Self.reminder(4, delivery: "d"), Self.reminder(5, delivery: "e"), Self.reminder(6, delivery: "e")]
    ) {}
    #expect(messages.count == 3 && messages[1].contains("\"deliveryId\":\"e\""))
    // Who was away the first time gets it once.
    let other = Self.feed()
    other.remember(Self.reminder(3, delivery: "d"))
    let whole = try await Self.messages(
      other, lastEventID: "\(Self.partition)-10-3",
      backlog: [Self.reminder(3, delivery: "d"), Self.reminder(4, delivery: "d")]
    ) {}
    #expect(whole.count == 3 && whole[1].contains("\"deliveryId\":\"d\""))
  }

  @Test(arguments: ["x", "1-2", "64-1-1", "-1-2-3", "+1-2-3", "1-2-99999999999999999999", "1-2-3-4"])
  func anIDThatIsNoneIsReset(_ id: String) async throws {
    let feed = Self.feed()
    let messages = try await Self.messages(feed, lastEventID: id) {}
    #expect(messages == [":", "id: \(Self.partition)-10-5\nevent: reset\ndata: {}", "retry: 1000"])
  }

  @Test func whatIsNotThereAnyMoreIsReset() async throws {
    let feed = Self.feed()
    let messages = try await Self.messages(feed, lastEventID: "\(Self.partition)-1-1", isLost: true) {}
    #expect(messages.count == 3 && messages[1].contains("event: reset"))
    #expect(try await Self.messages(Self.feed(), lastEventID: "") {} == [":", "retry: 1000"])
  }

  @Test func aListenerThatDoesNotReadIsCutOff() throws {
    let feed = Self.feed()
    let listener = try feed.join("ann")
    feed.take((0...Int64(EventFeed.maximumWaiting)).map { Self.task(10 + $0) })
    #expect(feed.listenerCount == 0)
    #expect(listener.owner == "ann")
  }

  @Test func aListenerThatIsDroppedLeaves() throws {
    let feed = Self.feed()
    do {
      let listener = try feed.join("ann")
      #expect(feed.listenerCount == 1 && listener.position.tasks == 10)
    }
    #expect(feed.listenerCount == 0)
  }

  @Test func nobodyJoinsBeforeTheTopicsAreFollowedAndAfterTheEnd() throws {
    #expect(throws: Problem.self) { try EventFeed().join("ann") }
    let feed = Self.feed()
    feed.end()
    let problem = #expect(throws: Problem.self) { try feed.join("ann") }
    #expect(problem?.status == 503)
  }
}
