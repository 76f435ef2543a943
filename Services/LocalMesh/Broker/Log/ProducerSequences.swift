/// The last batches of an idempotent producer in a partition: what tells a repeat from a new batch.
struct ProducerSequences: Equatable {
  private(set) var epoch: Int16
  private var batches: [Remembered] = []
  /// Milliseconds since 1970, UTC.
  private(set) var usedAt: Int64

  private struct Remembered: Equatable {
    var first: Int32
    var count: Int32
    var offset: Int64
  }

  /// A producer has at most five batches under way, so a repeat is one of the last five (as Kafka's broker has it).
  private static let limit = 5

  init(epoch: Int16, now: Int64) {
    self.epoch = epoch
    usedAt = now
  }

  /// Whether a batch is to be appended (nil) or was, from the offset returned on.
  func offsetOfRepeat(_ sequence: BatchSequence) throws(BrokerError) -> Int64? {
    guard sequence.epoch >= epoch else { throw .staleProducerEpoch }
    guard sequence.epoch == epoch, let newest = batches.last else {
      guard sequence.epoch == epoch || sequence.first == 0 else { throw .outOfOrderSequence }
      return nil
    }
    if let known = batches.last(where: { $0.first == sequence.first && $0.count == sequence.count }) {
      return known.offset
    }
    let expected = BatchSequence.number(newest.first, plus: newest.count)
    if sequence.first == expected { return nil }
    // Below what is expected, by the shorter way round: the numbers wrap.
    if Int32(bitPattern: UInt32(bitPattern: sequence.first &- expected) << 1) < 0 { throw .duplicateSequence }
    throw .outOfOrderSequence
  }

  mutating func remember(_ sequence: BatchSequence, at offset: Int64, now: Int64) {
    if sequence.epoch != epoch { batches = [] }
    epoch = sequence.epoch
    usedAt = now
    batches.append(Remembered(first: sequence.first, count: sequence.count, offset: offset))
    if batches.count > Self.limit { batches.removeFirst() }
  }
}

extension ProducerSequences {
  /// The batches as they are kept on disk.
  var encoded: [UInt8] {
    var writer = KafkaWriter()
    writer.array(batches) {
      $0.int32($1.first)
      $0.int32($1.count)
      $0.int64($1.offset)
    }
    return writer.bytes
  }

  init(epoch: Int16, usedAt: Int64, encoded: [UInt8]) throws(MalformedRequest) {
    self.init(epoch: epoch, now: usedAt)
    var reader = KafkaReader(encoded)
    batches = try reader.array { reader throws(MalformedRequest) in
      Remembered(first: try reader.int32(), count: try reader.int32(), offset: try reader.int64())
    }
  }
}
