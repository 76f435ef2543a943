import Synchronization

/// The replicas of one app that deliveries may go to, and what each subscribes to.
final class Subscribers: Sendable {
  struct Member: Sendable {
    let name: String
    let channel: AppChannel
    let subscriptions: [Subscription]
  }

  /// A topic of a pub/sub component.
  struct Source: Hashable, Sendable {
    let pubsub: String
    let topic: String
  }

  private let members = Mutex<[Member]>([])

  func add(_ member: Member) {
    members.withLock { members in
      members.removeAll { $0.name == member.name }
      members.append(member)
      members.sort { $0.name < $1.name }
    }
  }

  func remove(_ name: String) { members.withLock { $0.removeAll { $0.name == name } } }

  /// Every topic that a member subscribes to.
  var sources: Set<Source> {
    members.withLock { members in
      Set(members.flatMap { $0.subscriptions.map { Source(pubsub: $0.pubsub, topic: $0.topic) } })
    }
  }

  /// The member that a partition's records go to: partitions are dealt out among those that subscribe. nil when none does.
  func target(for source: Source, partition: Int32) -> (channel: AppChannel, subscription: Subscription)? {
    members.withLock { members in
      let able = members.compactMap { member in
        member.subscriptions.first { $0.pubsub == source.pubsub && $0.topic == source.topic }.map {
          (member.channel, $0)
        }
      }
      return able.isEmpty ? nil : able[Int(partition) % able.count]
    }
  }
}
