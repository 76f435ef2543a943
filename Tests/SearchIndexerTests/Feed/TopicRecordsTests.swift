import KafkaClient
import Recurrence
import TaskModel
import Testing

@testable import SearchIndexer

@Suite struct TopicRecordsTests {
  private static let id = "0190b5f0-9d3a-7c4e-8a51-2f6d3c1b4e5a"

  private func record(_ offset: Int64, _ value: [UInt8]?, key: String = id) -> KafkaRecord {
    KafkaRecord(
      topic: "task-events", partition: 7, offset: offset, key: Array(key.utf8), value: value, timestamp: 1000 + offset)
  }

  private func task(_ id: String) -> TaskItem {
    var task = TaskItem(id: id, owner: "ada", title: "Rent", createdAt: Instant(secondsSinceEpoch: 1_800_000_000))
    task.version = 4
    task.tags = ["home"]
    task.priority = .high
    return task
  }

  @Test func aTaskAMarkerAndATombstoneAreTaken() throws {
    var records = TopicRecords(clusterID: "c")
    records.add(record(3, TaskEvent(task: task(Self.id), change: ["title"]).json))
    records.add(record(4, MarkerEvent(marker: Self.id).json, key: "marker/a"))
    records.add(record(5, nil))
    records.add(record(6, nil, key: "marker/a"))
    #expect(records.unreadable.isEmpty)
    let batch = try #require(records.batches[7])
    #expect(batch.records.count == 3)
    guard case .task(let indexed) = batch.records[0], case .marker(_, 4) = batch.records[1],
      case .purged = batch.records[2]
    else {
      Issue.record("other records: \(batch.records)")
      return
    }
    #expect(indexed.version == 4 && indexed.owner == "ada" && indexed.priority == .high && indexed.tags == ["home"])
    #expect(indexed.json == task(Self.id).json)
    #expect(
      batch.position
        == PartitionPosition(
          partition: 7, clusterID: "c", nextOffset: 7, lastKey: "marker/a", lastVersion: 0, lastTimestamp: 1006))
  }

  @Test func whatIsNoEventOfOursIsPutAsideAndPassed() throws {
    var records = TopicRecords(clusterID: "c")
    records.add(record(0, Array("{".utf8)))
    records.add(record(1, Array(#"{"type":"weather","data":{}}"#.utf8)))
    records.add(record(2, TaskEvent(task: task("seven"), change: []).json))
    records.add(record(3, MarkerEvent(marker: "seven").json))
    #expect(records.unreadable.map(\.record.offset) == [0, 1, 2, 3])
    #expect(records.batches[7]?.records.isEmpty == true)
    #expect(records.batches[7]?.position.nextOffset == 4)
  }
}
