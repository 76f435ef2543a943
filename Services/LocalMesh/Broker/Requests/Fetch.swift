import EventLoop

extension BrokerRequests {
  /// The longest that a fetch waits, whatever its client asks for.
  private static let longestWait: Int32 = 60_000

  func fetch(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    _ = try reader.int32()  // replica
    let maxWait = min(try reader.int32(), Self.longestWait)
    let minBytes = Int(try reader.int32())
    let maxBytes = min(Int(try reader.int32()), settings.maximumFetchSize)
    _ = try reader.int8()  // isolation: without transactions all records are committed
    let positions = try reader.array { reader throws(MalformedRequest) in
      let topic = try reader.string()
      return try reader.array { reader throws(MalformedRequest) in
        let number = try reader.int32()
        let offset = try reader.int64()
        if header.version >= 5 { _ = try reader.int64() }  // log start of a follower
        return FetchPosition(
          partition: TopicPartition(topic, number), offset: offset, maxBytes: Int(try reader.int32()))
      }
    }.flatMap { $0 }
    let fetched = await wait(for: positions, minBytes: minBytes, maxBytes: maxBytes, milliseconds: maxWait)

    writer.int32(0)  // throttle
    writer.array(fetched.indices.chunked { fetched[$0].partition.topic == fetched[$1].partition.topic }) {
      writer, chunk in
      writer.string(fetched[chunk.lowerBound].partition.topic)
      writer.array(chunk) { writer, index in
        let partition = fetched[index]
        writer.int32(partition.partition.partition)
        writer.error(partition.error.map(KafkaErrorCode.init) ?? .none)
        writer.int64(partition.end)  // high watermark
        writer.int64(partition.end)  // last stable offset
        if header.version >= 5 { writer.int64(partition.start) }
        writer.int32(-1)  // aborted transactions
        writer.blob(partition.batch)
      }
    }
  }

  /// Reads, and as long as that is too little, sleeps until something is appended or the time is up.
  private func wait(
    for positions: [FetchPosition], minBytes: Int, maxBytes: Int, milliseconds: Int32
  ) async -> [FetchedPartition] {
    var isOver = milliseconds <= 0
    var timer: FetchTimer?
    defer { timer?.cancel() }
    while true {
      let signal = isOver ? nil : AppendSignal()
      let (fetched, isEnough) = await log.fetch(positions, minBytes: minBytes, maxBytes: maxBytes, signal: signal)
      guard !isEnough, let signal else { return fetched }
      if timer == nil { timer = FetchTimer(loop: loop, milliseconds: milliseconds) }
      timer?.signal = signal
      await signal.wait()
      isOver = timer?.isOver == true || Task.isCancelled
      if isOver { await log.forget(signal) }  // an append has forgotten it already
    }
  }
}
