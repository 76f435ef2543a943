import HTTP2Transport
import JSON
import Synchronization
import Testing
import YAML

@testable import LocalMesh

/// What an app that subscribes may rely on.
@Suite(.timeLimit(.minutes(1))) struct SubscriberTests {
  private let folder: TemporaryFolder
  private let log: BrokerLog
  private let clock = VirtualClock()
  private let producer: Producer

  init() async throws {
    folder = try TemporaryFolder()
    log = try BrokerLog(path: folder.path + "/broker.sqlite")
    producer = Producer(log: log, clock: clock.clock)
    try await log.createTopic("t", partitions: 4, settings: TopicSettings())
  }

  private func component(_ metadata: String = "- {name: initialOffset, value: oldest}") throws -> PubSubComponent {
    try PubSubComponent(
      try Component(
        yaml: """
          kind: Component
          metadata: {name: pubsub}
          spec:
            type: pubsub.kafka
            metadata:
            \(metadata)
          """), app: "notifier")
  }

  private func subscriber(_ component: PubSubComponent? = nil, log: (any RecordLog)? = nil) throws -> Subscriber {
    let component = try component ?? self.component()
    return Subscriber(
      components: ["pubsub": component], log: log ?? self.log, producer: producer, loop: nil, clock: clock.clock,
      commitClock: .hasty, report: { _ in })
  }

  private func append(_ numbers: Range<Int>, to partition: Int32 = 0, headers: [BrokerHeader] = []) async throws {
    try await log.append(
      numbers.map {
        BrokerRecord(timestamp: 0, key: Array("k".utf8), value: Array(#"{"data":\#($0)}"#.utf8), headers: headers)
      }, to: TopicPartition("t", partition))
  }

  private func member(
    _ server: HTTPServer, name: String = "notifier", _ change: (inout Subscription) -> Void = { _ in }
  ) -> Subscribers.Member {
    var subscription = Subscription(pubsub: "pubsub", topic: "t", route: "/on")
    change(&subscription)
    return Subscribers.Member(name: name, channel: server.channel(app: "notifier"), subscriptions: [subscription])
  }

  private func data(_ request: HTTPRequest?) -> Int? {
    request.flatMap { try? JSONValue(parsing: $0.body) }?["data"]?.int
  }

  @Test func recordsOfAPartitionComeOneAtATimeInTheirOrder() async throws {
    let underWay = Mutex(0)
    let most = Mutex(0)
    let app = TestApp { _ in
      let count = underWay.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, count) }
      for _ in 0..<20 { await Task.yield() }
      underWay.withLock { $0 -= 1 }
      return HTTPResponse(status: 200)
    }
    let server = try await app.start()
    try await append(0..<200)
    let subscriber = try subscriber()
    await subscriber.join(member(server))
    for number in 0..<200 { #expect(data(await app.requests.next()) == number) }
    #expect(most.withLock { $0 } == 1)
    await subscriber.leave("notifier")
  }

  @Test func aFailedRecordComesAgainAfterFiveSecondsAndHoldsUpItsPartitionAlone() async throws {
    let failures = Mutex(2)
    let app = TestApp { request in
      let isFirst = request.headers["__partition"] == "0"
      let fails =
        isFirst
        && failures.withLock { left in
          defer { left -= 1 }
          return left > 0
        }
      return HTTPResponse(status: fails ? 503 : 200)
    }
    let server = try await app.start()
    try await append(0..<2, to: 0)
    let subscriber = try subscriber()
    await subscriber.join(member(server))
    #expect(data(await app.requests.next()) == 0)
    await clock.waitForSleepers()
    try await append(10..<11, to: 1)
    #expect(data(await app.requests.next()) == 10)
    clock.advance(by: .milliseconds(4_999))
    #expect(app.requests.waiting.isEmpty)
    clock.advance(by: .milliseconds(1))
    #expect(data(await app.requests.next()) == 0)
    await clock.waitForSleepers()
    clock.advance(by: .seconds(5))
    #expect(data(await app.requests.next()) == 0)
    #expect(data(await app.requests.next()) == 1)
    await subscriber.leave("notifier")
  }

  @Test func anAppThatIsAwayLosesNothing() async throws {
    let gone = try await TestApp().start()
    gone.closeAtOnce()
    let channel = member(gone)
    try await append(0..<3)
    let subscriber = try subscriber()
    await subscriber.join(channel)
    await clock.waitForSleepers()
    let app = TestApp()
    let server = try await app.start()
    await subscriber.leave("notifier")
    await subscriber.join(member(server))
    for number in 0..<3 { #expect(data(await app.requests.next()) == number) }
    await subscriber.leave("notifier")
  }

  @Test func theGroupGoesOnWhereItStoppedAndIsKeptInTheBrokersOffsets() async throws {
    let app = TestApp()
    let server = try await app.start()
    try await append(0..<3)
    let first = try subscriber()
    await first.join(member(server))
    for number in 0..<3 { #expect(data(await app.requests.next()) == number) }
    try await append(3..<4)
    #expect(data(await app.requests.next()) == 3)
    await first.leave("notifier")
    let offset = try await log.committedOffsets(group: "notifier")[TopicPartition("t", 0)]
    // The last answer may still have been on its way.
    #expect(offset == 4 || offset == 3)
    try await append(4..<5)
    let second = try subscriber()
    await second.join(member(server))
    if offset == 3 { #expect(data(await app.requests.next()) == 3) }
    #expect(data(await app.requests.next()) == 4)
    await second.leave("notifier")
  }

  @Test func withoutAnOldestOffsetAGroupBeginsWithWhatIsNew() async throws {
    let app = TestApp()
    let server = try await app.start()
    try await append(0..<3)
    // The end of the log is taken when a partition is first looked at: a second partition shows that this has happened.
    let watched = WatchedLog(log: log)
    let subscriber = try subscriber(try component("- {name: authType, value: none}"), log: watched)
    await subscriber.join(member(server))
    await watched.waitForEnds(4)
    try await append(3..<4)
    #expect(data(await app.requests.next()) == 3)
    await subscriber.leave("notifier")
  }

  @Test func replicasShareThePartitions() async throws {
    let apps = [TestApp(), TestApp()]
    let servers = [try await apps[0].start(), try await apps[1].start()]
    let subscriber = try subscriber()
    await subscriber.join(member(servers[0], name: "notifier"))
    await subscriber.join(member(servers[1], name: "notifier-1"))
    for partition in 0..<4 { try await append(partition..<partition + 1, to: Int32(partition)) }
    var received: [[Int]] = [[], []]
    for index in 0..<2 {
      for _ in 0..<2 { received[index].append(data(await apps[index].requests.next()) ?? -1) }
    }
    #expect(received.map { $0.sorted() } == [[0, 2], [1, 3]])
    await subscriber.leave("notifier-1")
    try await append(5..<6, to: 1)
    #expect(data(await apps[0].requests.next()) == 5)
    await subscriber.leave("notifier")
  }

  @Test func aBatchThatIsFullGoesAtOnceAndOneThatIsNotWhenItsTimeIsOver() async throws {
    let app = TestApp { request in
      let entries = (try? JSONValue(parsing: request.body))?["entries"]?.elements ?? []
      let statuses = entries.map {
        JSONValue.object([.init("entryId", $0["entryId"] ?? ""), .init("status", "SUCCESS")])
      }
      return .json(JSONValue.object([.init("statuses", .array(statuses))]).bytes)
    }
    func sizes(_ request: HTTPRequest?) -> Int? {
      request.flatMap { try? JSONValue(parsing: $0.body) }?["entries"]?.elements?.count
    }
    let server = try await app.start()
    try await append(0..<7)
    let subscriber = try subscriber()
    await subscriber.join(
      member(server) { $0.bulk = Subscription.Bulk(maximumMessages: 5, maximumWait: .milliseconds(40)) })
    #expect(sizes(await app.requests.next()) == 5)
    await clock.waitForSleepers()
    #expect(app.requests.waiting.isEmpty)
    clock.advance(by: .milliseconds(40))
    #expect(sizes(await app.requests.next()) == 2)
    try await append(7..<9)
    await clock.waitForSleepers()
    try await append(9..<12)
    #expect(sizes(await app.requests.next()) == 5)
    await subscriber.leave("notifier")
  }

  @Test func anEventWhoseTimeIsOverIsPassedOver() async throws {
    let app = TestApp()
    let server = try await app.start()
    try await log.append(
      [
        BrokerRecord(timestamp: 0, key: nil, value: Array(#"{"data":0,"expiration":"2020-01-01T00:00:00Z"}"#.utf8)),
        BrokerRecord(timestamp: 0, key: nil, value: Array(#"{"data":1,"expiration":"2099-01-01T00:00:00Z"}"#.utf8)),
      ], to: TopicPartition("t", 0))
    let subscriber = try subscriber()
    await subscriber.join(member(server))
    #expect(data(await app.requests.next()) == 1)
    await subscriber.leave("notifier")
  }

  @Test func whileTheBrokerIsAwayNothingComesAndNothingIsLost() async throws {
    let isUp = Mutex(false)
    let app = TestApp()
    let server = try await app.start()
    try await append(0..<1)
    let reachable = ReachableLog(log: log) { isUp.withLock { $0 } }
    let subscriber = try subscriber(log: reachable)
    await subscriber.join(member(server))
    await clock.waitForSleepers()
    #expect(app.requests.waiting.isEmpty)
    isUp.withLock { $0 = true }
    clock.advance(by: .seconds(1))
    #expect(data(await app.requests.next()) == 0)
    await subscriber.leave("notifier")
  }
}

extension Component {
  init(yaml: String) throws {
    try self.init(try #require(YAMLNode.documents(Array(yaml.utf8), file: "component.yaml").first))
  }
}
