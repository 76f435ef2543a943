import HTTP2Transport
import Recurrence

/// Delivers the records of one partition to one app in their order, one delivery at a time.
struct PartitionDelivery: Sendable {
  let partition: TopicPartition
  let source: Subscribers.Source
  let subscribers: Subscribers
  let component: PubSubComponent
  let log: any RecordLog
  let producer: Producer
  let offsets: OffsetCommitter
  let clock: MeshClock
  let report: @Sendable (String) -> Void

  /// How long a record that failed waits, and its partition with it.
  static let retryPause = Duration.seconds(5)
  private static let readSize = 1 << 20

  /// Runs until cancelled, from the group's offset on.
  func run(committed: Int64?) async throws {
    var offset = committed
    while true {
      do {
        let start: Int64
        if let offset { start = offset } else { start = try await initialOffset() }
        offset = try await deliver(from: start)
      } catch BrokerError.offsetOutOfRange {
        offset = nil
      } catch is ReachableLog.Away {
        try await clock.sleep(.seconds(1))
      } catch let error as BrokerError {
        report("\(source.topic)/\(partition.partition) can't be read for \(component.group): \(error)")
        try await clock.sleep(.seconds(1))
      }
    }
  }

  private func initialOffset() async throws -> Int64 {
    component.startsAtOldest ? try await log.earliestOffset(partition) : try await log.endOffset(partition)
  }

  /// Delivers what there is from an offset on, and returns the one to go on from.
  private func deliver(from offset: Int64) async throws -> Int64 {
    let records = try await log.read(partition, from: offset, maxBytes: Self.readSize)
    guard let last = records.last else {
      try await log.waitForAppend(beyond: [partition: offset])
      return offset
    }
    if let bulk = try target().subscription.bulk {
      let batch = try await collect(records, bulk)
      try await deliver(batch.map(event))
      return advance(to: batch[batch.count - 1].offset + 1)
    }
    for record in records {
      try await deliver(event(record))
      _ = advance(to: record.offset + 1)
    }
    return last.offset + 1
  }

  /// Who is to get the partition's next delivery. Without anyone the deliveries are about to be cancelled.
  private func target() throws(CancellationError) -> (channel: AppChannel, subscription: Subscription) {
    guard let target = subscribers.target(for: source, partition: partition.partition) else {
      throw CancellationError()
    }
    return target
  }

  private func event(_ record: StoredRecord) -> StoredEvent { StoredEvent(record: record, partition: partition) }

  private func advance(to offset: Int64) -> Int64 {
    offsets.mark(offset, in: partition)
    return offset
  }

  /// A full batch at once; else what has come when its time is over.
  private func collect(
    _ records: [StoredRecord], _ bulk: Subscription.Bulk
  ) async throws -> ArraySlice<StoredRecord> {
    var found = records
    guard found.count < bulk.maximumMessages, let last = found.last else { return found.prefix(bulk.maximumMessages) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await clock.sleep(bulk.maximumWait) }
      group.addTask {
        // Counted by offsets, since what is waited for need not be read yet.
        var end = last.offset + 1
        while end - last.offset - 1 + Int64(records.count) < Int64(bulk.maximumMessages) {
          try await log.waitForAppend(beyond: [partition: end])
          end = try await log.endOffset(partition)
        }
      }
      try await group.next()
      group.cancelAll()
    }
    found += try await log.read(partition, from: last.offset + 1, maxBytes: Self.readSize)
    return found.prefix(bulk.maximumMessages)
  }

  /// Delivers one record until it is done with.
  private func deliver(_ event: StoredEvent) async throws {
    while true {
      let (channel, subscription) = try target()
      let outcome = try await attempt(event, channel, subscription)
      if outcome == .done || outcome == .drop && subscription.deadLetterTopic == nil { return }
      if await bury(event, subscription) { return }
      try await clock.sleep(Self.retryPause)
    }
  }

  private func attempt(
    _ event: StoredEvent, _ channel: AppChannel, _ subscription: Subscription
  ) async throws -> DeliveryOutcome {
    switch DeliveryRequest.single(event, subscription, now: clock.now()) {
    case .expired: return .done
    case .unusable(let reason):
      report("\(source.topic)/\(partition.partition) offset \(event.offset) can't go to \(channel.app): \(reason)")
      return .retry
    case .send(let request):
      return try await send(request, channel).map { DeliveryOutcome($0) } ?? .retry
    }
  }

  /// Delivers a batch until every record of it is done with.
  private func deliver(_ events: [StoredEvent]) async throws {
    while true {
      let (channel, subscription) = try target()
      var entries: [(id: String, event: StoredEvent)] = []
      var failed: [(event: StoredEvent, isDropped: Bool)] = []
      for (index, event) in events.enumerated() {
        guard subscription.isRaw || event.attributes != nil else {
          report("\(source.topic)/\(partition.partition) offset \(event.offset) is no event: passed over")
          if subscription.deadLetterTopic != nil { failed.append((event, false)) }
          continue
        }
        let isExpired = !subscription.isRaw && (event.attributes?.expiration).map { $0 <= clock.now() } ?? false
        if !isExpired { entries.append((String(index), event)) }
      }
      var isAgain = false
      if !entries.isEmpty {
        let response = try await send(DeliveryRequest.bulk(entries, subscription), channel)
        let outcomes = response.map { DeliveryOutcome.bulk($0, entries: entries.map(\.id)) } ?? [:]
        for (id, event) in entries {
          switch outcomes[id] ?? .retry {
          case .done: break
          case .drop: if subscription.deadLetterTopic != nil { failed.append((event, true)) }
          case .retry: if subscription.deadLetterTopic == nil { isAgain = true } else { failed.append((event, false)) }
          }
        }
      }
      for (event, isDropped) in failed where !isAgain {
        isAgain = !(await bury(event, subscription, namesPubSub: !isDropped))
      }
      if !isAgain { return }
      try await clock.sleep(Self.retryPause)
    }
  }

  /// nil when no answer came.
  private func send(_ request: HTTPRequest, _ channel: AppChannel) async throws -> HTTPClientResponse? {
    let response = try? await channel.send(request)
    try Task.checkCancellation()
    return response
  }

  /// Moves a record to the dead letters; false when there are none or they could not take it. daprd adds the component's name
  /// to all but the dropped ones of a batch.
  private func bury(
    _ event: StoredEvent, _ subscription: Subscription, namesPubSub: Bool = true
  ) async -> Bool {
    guard let topic = subscription.deadLetterTopic else { return false }
    var metadata = MessageMetadata()
    for (name, value) in event.metadata { metadata[name] = value }
    if namesPubSub { metadata["pubsubName"] = subscription.pubsub }
    do throws(Producer.Fault) {
      let placed = try await producer.place(event.record.record.value, metadata, topic: topic, limit: nil)
      try await producer.append([placed.record], to: placed.partition)
      return true
    } catch {
      report("\(topic) does not take a dead letter: \(error.reason)")
      return false
    }
  }
}
