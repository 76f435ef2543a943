import EventLoop

/// Delivers what one app subscribes to, to those of its replicas whose sidecars are up.
///
/// The consumer group is the app's, so replicas share the partitions of a topic; within a partition records keep their order
/// also while replicas come and go.
actor Subscriber {
  private let components: [String: PubSubComponent]
  private let log: any RecordLog
  private let producer: Producer
  private let clock: MeshClock
  private let commitClock: MeshClock
  private let report: @Sendable (String) -> Void
  private let loop: EventLoop?
  private let subscribers = Subscribers()
  private var committers: [String: OffsetCommitter] = [:]
  private var deliveries: [Subscribers.Source: Task<Void, Never>] = [:]

  /// - Parameters:
  ///   - components: the pub/sub components that the app loads, by name.
  ///   - loop: where deliveries run: that of the app's channels.
  ///   - commitClock: when offsets are kept; `clock` unless given.
  ///   - report: takes lines that a person should see.
  init(
    components: [String: PubSubComponent], log: any RecordLog, producer: Producer, loop: EventLoop?, clock: MeshClock,
    commitClock: MeshClock? = nil, report: @escaping @Sendable (String) -> Void
  ) {
    self.components = components
    self.log = log
    self.producer = producer
    self.loop = loop
    self.clock = clock
    self.commitClock = commitClock ?? clock
    self.report = report
  }

  /// Begins deliveries to a replica. Returns at once.
  func join(_ member: Subscribers.Member) {
    let usable = member.subscriptions.filter { subscription in
      guard let component = components[subscription.pubsub] else {
        report("\(member.name) subscribes to \(subscription.pubsub), which is no pub/sub component of its app")
        return false
      }
      guard component.subscribing.allow(subscription.topic) else {
        report("\(member.name) may not subscribe to \(subscription.topic): see the scopes of \(component.name)")
        return false
      }
      return true
    }
    subscribers.add(Subscribers.Member(name: member.name, channel: member.channel, subscriptions: usable))
    for source in subscribers.sources where deliveries[source] == nil { begin(source) }
  }

  /// Ends deliveries to a replica; what the others do not subscribe to stops, and its offsets are kept when this returns.
  func leave(_ name: String) async {
    subscribers.remove(name)
    let sources = subscribers.sources
    let ended = deliveries.filter { !sources.contains($0.key) }
    for (source, task) in ended {
      deliveries[source] = nil
      task.cancel()
    }
    for task in ended.values { await task.value }
    for committer in committers.values { await committer.commit() }
  }

  private func begin(_ source: Subscribers.Source) {
    guard let component = components[source.pubsub] else { return }
    let offsets =
      committers[component.group]
      ?? OffsetCommitter(
        group: component.group, log: log, clock: commitClock, report: report)
    committers[component.group] = offsets
    deliveries[source] = Task(executorPreference: loop) { [subscribers, log, producer, clock, report] in
      while !Task.isCancelled {
        do {
          let count = try await Self.partitions(of: source.topic, log, clock)
          let committed = try await log.committedOffsets(group: component.group)
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
              let partition = TopicPartition(source.topic, number)
              let delivery = PartitionDelivery(
                partition: partition, source: source, subscribers: subscribers, component: component, log: log,
                producer: producer, offsets: offsets, clock: clock, report: report)
              group.addTask { try await delivery.run(committed: committed[partition]) }
            }
            try await group.waitForAll()
          }
        } catch is CancellationError {
          return
        } catch is ReachableLog.Away {
          try? await clock.sleep(.seconds(1))
        } catch {
          report("\(source.topic) can't be delivered to \(component.group): \(error)")
          try? await clock.sleep(.seconds(1))
        }
      }
    }
  }

  /// Waits for the topic when it is not there yet.
  private static func partitions(of topic: String, _ log: any RecordLog, _ clock: MeshClock) async throws -> Int32 {
    while true {
      if let found = await log.topics().first(where: { $0.name == topic }) { return found.partitions }
      try await clock.sleep(.seconds(1))
    }
  }
}
