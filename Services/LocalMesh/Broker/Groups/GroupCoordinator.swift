import EventLoop

/// Keeps the consumer groups and the members that wait for each other. Groups live in memory; their offsets are in the log.
actor GroupCoordinator {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private let initialDelay: Int64
  private let start = ContinuousClock.now
  private var groups: [String: ConsumerGroup] = [:]
  private var joins: [Waiting: CheckedContinuation<JoinAnswer, Never>] = [:]
  private var syncs: [Waiting: CheckedContinuation<SyncAnswer, Never>] = [:]
  private var timer: LoopTimer?

  private struct Waiting: Hashable {
    let group: String
    let member: String
  }

  init(loop: EventLoop, initialDelay: Duration) {
    self.loop = loop
    self.initialDelay = initialDelay.inMilliseconds
  }

  private var now: Int64 { start.duration(to: .now).inMilliseconds }

  func join(_ request: JoinRequest, client: String) async -> JoinAnswer {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 16)
    let member = request.member.isEmpty ? "\(client)-\(suffix)" : request.member
    return await withCheckedContinuation { continuation in
      let waiting = Waiting(group: request.group, member: member)
      // A member that asks twice has lost its first connection.
      joins.updateValue(continuation, forKey: waiting)?.resume(returning: .failed(.rebalanceInProgress))
      change(request.group) { $0.join(request, member: member, delay: initialDelay, now: now) }
    }
  }

  func sync(
    group: String, member: String, generation: Int32, assignments: [String: [UInt8]]
  ) async -> SyncAnswer {
    await withCheckedContinuation { continuation in
      let waiting = Waiting(group: group, member: member)
      syncs.updateValue(continuation, forKey: waiting)?.resume(returning: .failed(.rebalanceInProgress))
      change(group) { $0.sync(member: member, generation: generation, assignments: assignments, now: now) }
    }
  }

  func heartbeat(group: String, member: String, generation: Int32) -> KafkaErrorCode {
    groups[group]?.heartbeat(member: member, generation: generation, now: now) ?? .unknownMemberID
  }

  func leave(group: String, member: String) -> KafkaErrorCode {
    var code = KafkaErrorCode.unknownMemberID
    change(group) { consumers in
      let (answer, replies) = consumers.leave(member: member, now: now)
      code = answer
      return replies
    }
    return code
  }

  func checkCommit(group: String, member: String, generation: Int32) -> KafkaErrorCode {
    (groups[group] ?? ConsumerGroup()).checkCommit(member: member, generation: generation)
  }

  /// Answers everyone who waits, when the broker closes.
  func close() {
    for join in joins.values { join.resume(returning: .failed(.rebalanceInProgress)) }
    for sync in syncs.values { sync.resume(returning: .failed(.rebalanceInProgress)) }
    joins = [:]
    syncs = [:]
    groups = [:]
    keepTime()
  }

  private func change(_ name: String, _ body: (inout ConsumerGroup) -> [ConsumerGroup.Reply]) {
    var group = groups[name] ?? ConsumerGroup()
    let replies = body(&group)
    groups[name] = group.isEmpty ? nil : group
    for reply in replies {
      switch reply {
      case .joined(let member, let answer):
        joins.removeValue(forKey: Waiting(group: name, member: member))?.resume(returning: answer)
      case .synced(let member, let answer):
        syncs.removeValue(forKey: Waiting(group: name, member: member))?.resume(returning: answer)
      }
    }
    keepTime()
  }

  /// Ticks while there are groups.
  private func keepTime() {
    if groups.isEmpty {
      timer?.cancel()
      timer = nil
    } else if timer == nil {
      timer = LoopTimer(loop: loop, after: .milliseconds(50), repeating: true) { [weak self] in
        self?.assumeIsolated { $0.tick() }
      }
    }
  }

  private func tick() {
    let now = now
    for name in groups.keys { change(name) { $0.advance(now: now) } }
  }
}

extension Duration {
  var inMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
