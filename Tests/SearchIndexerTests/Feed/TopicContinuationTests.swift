import KafkaClient
import Testing

@testable import SearchIndexer

@Suite struct TopicContinuationTests {
  private let position = PartitionPosition(
    partition: 3, clusterID: "a", nextOffset: 10, lastKey: "k9", lastVersion: 2, lastTimestamp: 99)

  private func continuation(
    _ clusterID: String = "a", low: Int64 = 0, high: Int64 = 20, known: Bool = true
  ) -> TopicContinuation {
    TopicContinuation(
      clusterID: clusterID, bounds: [3: KafkaWatermarks(low: low, high: high)], positions: known ? [position] : [])
  }

  private func record(_ offset: Int64, key: String = "k9", timestamp: Int64 = 99) -> KafkaRecord {
    KafkaRecord(
      topic: "task-events", partition: 3, offset: offset, key: Array(key.utf8), value: nil, timestamp: timestamp)
  }

  private func fit(_ records: KafkaRecord...) -> [Bool] {
    var continuation = continuation()
    return records.map { continuation.fits($0) }
  }

  @Test func aPartitionThatWasNeverReadIsReadFromItsBeginning() {
    let new = continuation(low: 5, known: false)
    #expect(new.starts == [3: 5] && new.renewed.isEmpty)
  }

  @Test func readingGoesOnWithTheRecordReadLast() {
    let same = continuation()
    #expect(same.starts == [3: 9] && same.renewed.isEmpty)
    #expect(fit(record(9), record(10, key: "other", timestamp: 200)) == [true, true])
  }

  @Test func anotherClusterOrAnOffsetThatDoesNotFitIsANewTopic() {
    for new in [continuation("b"), continuation(high: 9), continuation(low: 11)] {
      #expect(new.renewed == [3])
      #expect(new.starts[3] == (new.starts[3] == 11 ? 11 : 0))
    }
  }

  @Test func anotherRecordInTheLastOnesPlaceIsANewTopic() {
    #expect(fit(record(9, key: "k8")) == [false])
    #expect(fit(record(9, timestamp: 100)) == [false])
  }

  @Test func aLastRecordThatWasCompactedAwayProvesNothing() {
    #expect(fit(record(12, key: "k12"), record(13, key: "k13")) == [true, true])
  }
}
