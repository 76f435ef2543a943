import Synchronization
import Testing

@testable import LocalMesh

@Suite struct ProducerTests {
  /// Keys with the partitions of twelve that Dapr's producer chose (publish/json-key-unicode, json-empty-key, overrides, …).
  @Test(arguments: [("7c0e4b5e", 4), ("", 3), ("42", 5), ("a", 0), ("b", 3), ("käse 1+2", 3)])
  func aKeyHasItsPartition(key: String, partition: Int32) {
    #expect(Partitioner.partition(of: Array(key.utf8), count: 12) == partition)
  }

  @Test func withoutAKeyEveryPartitionHasItsShare() {
    let chosen = (0..<2_000).map { _ in Partitioner.partition(of: nil, count: 4) }
    for partition in Int32(0)..<4 { #expect(chosen.count { $0 == partition } > 300) }
  }

  @Test func aBrokerThatIsAwayIsAFaultAndLaterNoMore() async throws {
    let folder = try TemporaryFolder()
    let log = try BrokerLog(path: folder.path + "/broker.sqlite")
    try await log.createTopic("t", partitions: 1, settings: TopicSettings())
    let isUp = Mutex(true)
    let producer = Producer(log: ReachableLog(log: log) { isUp.withLock { $0 } }, clock: .system)
    let placed = try await producer.place([49], MessageMetadata(), topic: "t", limit: nil)
    isUp.withLock { $0 = false }
    let fault = await #expect(throws: Producer.Fault.self) {
      try await producer.append([placed.record], to: placed.partition)
    }
    #expect(fault?.reason.contains("connection refused") == true)
    isUp.withLock { $0 = true }
    try await producer.append([placed.record], to: placed.partition)
    #expect(try await log.endOffset(TopicPartition("t", 0)) == 1)
  }

  @Test func aTopicThatIsNotThereIsSaid() async throws {
    let folder = try TemporaryFolder()
    let producer = Producer(log: try BrokerLog(path: folder.path + "/broker.sqlite"), clock: .system)
    let fault = await #expect(throws: Producer.Fault.self) {
      try await producer.place([49], MessageMetadata(), topic: "nope", limit: nil)
    }
    #expect(fault?.reason.contains("does not exist") == true)
  }
}
