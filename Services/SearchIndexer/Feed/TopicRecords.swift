import JSON
import KafkaClient
import TaskModel

/// Records of `task-events` as the index takes them.
struct TopicRecords {
  /// By partition, in the order of their offsets.
  private(set) var batches: [Int32: IndexBatch] = [:]
  /// Records that are no event of ours, with the reason.
  private(set) var unreadable: [(record: KafkaRecord, reason: String)] = []

  private let clusterID: String

  init(clusterID: String) { self.clusterID = clusterID }

  mutating func add(_ record: KafkaRecord) {
    let content = content(of: record)
    var version: Int64 = 0
    if case .task(let task)? = content { version = task.version }
    let position = record.position(version: version, clusterID: clusterID)
    var batch = batches.removeValue(forKey: record.partition) ?? IndexBatch(records: [], position: position)
    if let content { batch.records.append(content) }
    batch.position = position
    batches[record.partition] = batch
  }

  private mutating func content(of record: KafkaRecord) -> IndexBatch.Record? {
    guard let value = record.value else {
      // The tombstone of a task; that of a marker says nothing.
      return record.keyText.flatMap { IndexedID($0) }.map { .purged($0) }
    }
    do throws(JSONError) {
      switch try TaskTopicRecord(json: value.span) {
      case .task(let event):
        if let task = IndexedTask(event.task) { return .task(task) }
        unreadable.append((record, "the task's id \(event.task.id) is no UUID"))
      case .marker(let event):
        if let id = IndexedID(event.marker) { return .marker(id, offset: record.offset) }
        unreadable.append((record, "the marker \(event.marker) is no UUID"))
      case .other(let type): unreadable.append((record, "its type is \(type)"))
      }
    } catch {
      unreadable.append((record, "\(error)"))
    }
    return nil
  }
}

extension KafkaRecord {
  var keyText: String? { key.map { String(decoding: $0, as: UTF8.self) } }

  fileprivate func position(version: Int64, clusterID: String) -> PartitionPosition {
    PartitionPosition(
      partition: partition, clusterID: clusterID, nextOffset: offset + 1, lastKey: keyText ?? "",
      lastVersion: version, lastTimestamp: timestamp)
  }
}
