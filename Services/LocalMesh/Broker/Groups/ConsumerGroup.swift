/// A consumer group as its coordinator sees it (<https://kafka.apache.org/protocol>, the classic rebalance protocol): members
/// join, one of them divides the partitions, all get their part. No clock and no waiting: times come in as milliseconds of
/// any monotonic clock, answers to those who wait go out.
struct ConsumerGroup {
  struct Member {
    let id: String
    var protocols: [GroupProtocol]
    /// Milliseconds.
    var sessionTimeout: Int64
    var rebalanceTimeout: Int64
    /// When it counts as gone, unless it waits for an answer of ours.
    var expires: Int64
    var waitsForJoin = false
    var waitsForSync = false
  }

  /// A way of dividing the partitions that a member offers, with what it says to it (its topics).
  struct GroupProtocol: Equatable {
    var name: String
    var metadata: [UInt8]
  }

  private enum Phase { case empty, joining, syncing, stable }

  /// An answer to a member that waits.
  enum Reply: Equatable {
    case joined(member: String, JoinAnswer)
    case synced(member: String, SyncAnswer)
  }

  private(set) var members: [Member] = []
  private(set) var generation: Int32 = 0
  private var phase = Phase.empty
  private var type = ""
  private var chosen = ""
  private var leader: String?
  private var assignments: [String: [UInt8]] = [:]
  /// When joining ends with those who are there.
  private var joinEnds: Int64 = .max
  /// An empty group waits for the whole delay, so that members that start together share one generation.
  private var waitsWholeDelay = false

  var isEmpty: Bool { members.isEmpty }

  mutating func join(_ request: JoinRequest, member id: String, delay: Int64, now: Int64) -> [Reply] {
    let isKnown = members.contains { $0.id == id }
    if !request.member.isEmpty, !isKnown { return [.joined(member: id, .failed(.unknownMemberID))] }
    guard canJoin(request, id) else { return [.joined(member: id, .failed(.inconsistentGroupProtocol))] }
    let wasEmpty = members.isEmpty
    if wasEmpty { type = request.type }
    var member = Member(
      id: id, protocols: request.protocols, sessionTimeout: request.sessionTimeout,
      rebalanceTimeout: request.rebalanceTimeout, expires: now + request.sessionTimeout)
    member.waitsForJoin = true
    var replies: [Reply] = []
    if let index = members.firstIndex(where: { $0.id == id }) {
      if members[index].waitsForSync { replies.append(.synced(member: id, .failed(.rebalanceInProgress))) }
      members[index] = member
    } else {
      members.append(member)
    }
    if phase != .joining { replies += beginJoining(now: now) }
    if wasEmpty {
      waitsWholeDelay = true
      joinEnds = now + delay
    }
    return replies + completeJoinIfAllAreThere(now: now)
  }

  private func canJoin(_ request: JoinRequest, _ id: String) -> Bool {
    let others = members.filter { $0.id != id }
    guard !others.isEmpty else { return !request.protocols.isEmpty }
    return type == request.type
      && request.protocols.contains { offer in others.allSatisfy { $0.protocols.contains { $0.name == offer.name } } }
  }

  private mutating func beginJoining(now: Int64) -> [Reply] {
    phase = .joining
    waitsWholeDelay = false
    joinEnds = now + (members.map(\.rebalanceTimeout).max() ?? 0)
    return releaseSyncs(.failed(.rebalanceInProgress), now: now) { _ in nil }
  }

  private mutating func completeJoinIfAllAreThere(now: Int64) -> [Reply] {
    guard phase == .joining, !waitsWholeDelay, members.allSatisfy(\.waitsForJoin) else { return [] }
    return completeJoin(now: now)
  }

  private mutating func completeJoin(now: Int64) -> [Reply] {
    members.removeAll { !$0.waitsForJoin }
    joinEnds = .max
    waitsWholeDelay = false
    assignments = [:]
    guard let first = members.first else {
      phase = .empty
      return []
    }
    let leading = members.first { $0.id == leader } ?? first
    leader = leading.id
    chosen =
      leading.protocols.first { offer in members.allSatisfy { $0.protocols.contains { $0.name == offer.name } } }?.name
      ?? ""
    generation += 1
    phase = .syncing
    let offers = members.map { member in
      JoinAnswer.Offer(
        member: member.id, metadata: member.protocols.first { $0.name == chosen }?.metadata ?? [])
    }
    return members.indices.map { index in
      members[index].waitsForJoin = false
      members[index].expires = now + members[index].sessionTimeout
      let id = members[index].id
      return .joined(
        member: id,
        JoinAnswer(
          generation: generation, chosen: chosen, leader: leading.id, member: id, offers: id == leading.id ? offers : []
        ))
    }
  }

  mutating func sync(
    member id: String, generation: Int32, assignments given: [String: [UInt8]], now: Int64
  ) -> [Reply] {
    if let error = check(member: id, generation: generation) { return [.synced(member: id, .failed(error))] }
    let index = touch(id, now: now)
    switch phase {
    case .empty, .joining: return [.synced(member: id, .failed(.rebalanceInProgress))]
    case .stable: return [.synced(member: id, SyncAnswer(assignment: assignments[id] ?? []))]
    case .syncing:
      members[index].waitsForSync = true
      guard id == leader else { return [] }
      assignments = given
      phase = .stable
      return releaseSyncs(.failed(.none), now: now) { given[$0] ?? [] }
    }
  }

  private mutating func releaseSyncs(
    _ otherwise: SyncAnswer, now: Int64, _ assignment: (String) -> [UInt8]?
  ) -> [Reply] {
    members.indices.compactMap { index in
      guard members[index].waitsForSync else { return nil }
      members[index].waitsForSync = false
      members[index].expires = now + members[index].sessionTimeout
      let id = members[index].id
      return .synced(member: id, assignment(id).map { SyncAnswer(assignment: $0) } ?? otherwise)
    }
  }

  mutating func heartbeat(member id: String, generation: Int32, now: Int64) -> KafkaErrorCode {
    if let error = check(member: id, generation: generation) { return error }
    _ = touch(id, now: now)
    return phase == .joining ? .rebalanceInProgress : .none
  }

  mutating func leave(member id: String, now: Int64) -> (code: KafkaErrorCode, replies: [Reply]) {
    guard let member = members.first(where: { $0.id == id }) else { return (.unknownMemberID, []) }
    var replies: [Reply] = []
    if member.waitsForJoin { replies.append(.joined(member: id, .failed(.unknownMemberID))) }
    if member.waitsForSync { replies.append(.synced(member: id, .failed(.unknownMemberID))) }
    return (.none, replies + remove([id], now: now))
  }

  /// Whether a member may commit offsets; those who belong to no group may while the group is empty.
  func checkCommit(member: String, generation: Int32) -> KafkaErrorCode {
    if generation < 0, member.isEmpty { return isEmpty ? .none : .unknownMemberID }
    return check(member: member, generation: generation) ?? .none
  }

  /// Drops members whose time is over and ends a joining whose time is over.
  mutating func advance(now: Int64) -> [Reply] {
    var replies: [Reply] = []
    if phase == .joining, now >= joinEnds { replies += completeJoin(now: now) }
    let gone = members.filter { !$0.waitsForJoin && !$0.waitsForSync && $0.expires <= now }.map(\.id)
    if !gone.isEmpty { replies += remove(gone, now: now) }
    return replies
  }

  private mutating func remove(_ ids: [String], now: Int64) -> [Reply] {
    members.removeAll { ids.contains($0.id) }
    guard !members.isEmpty else {
      phase = .empty
      leader = nil
      return []
    }
    let replies = phase == .joining ? [] : beginJoining(now: now)
    return replies + completeJoinIfAllAreThere(now: now)
  }

  private func check(member id: String, generation: Int32) -> KafkaErrorCode? {
    guard members.contains(where: { $0.id == id }) else { return .unknownMemberID }
    return generation == self.generation ? nil : .illegalGeneration
  }

  private mutating func touch(_ id: String, now: Int64) -> Int {
    let index = members.firstIndex { $0.id == id } ?? 0
    members[index].expires = now + members[index].sessionTimeout
    return index
  }
}
