/// Decides which members go together in the next call. Without I/O, clock or task, so that its rules can be tested as events.
///
/// - Members wait in lanes, one for each owner's single requests and one for its bulk, and are taken lane by lane in turn.
/// - Bulk fills at most half of a call, in members and in octets.
/// - Members that share a key run one after another, in the order of their arrival.
struct BatchQueue {
  typealias ID = UInt64

  struct Member {
    var owner: String
    var octets: Int
    var isBulk: Bool
    /// What this member has to itself from when it is taken until its call ends.
    var keys: [String]
    fileprivate var blockers = 0
    fileprivate var isTaken = false

    init(owner: String, octets: Int, isBulk: Bool = false, keys: [String] = []) {
      self.owner = owner
      self.octets = octets
      self.isBulk = isBulk
      self.keys = keys
    }

    fileprivate var lane: Lane { Lane(owner: owner, isBulk: isBulk) }
  }

  fileprivate struct Lane: Hashable {
    var owner: String
    var isBulk: Bool
  }

  private let limits: BatchLimits
  private var members: [ID: Member] = [:]
  /// Members that nothing blocks, by lane. Lanes in `turns` are those that have any.
  private var ready: [Lane: FIFO<ID>] = [:]
  private var turns = FIFO<Lane>()
  /// Who holds or waits for a key, the first being its holder.
  private var holders: [String: FIFO<ID>] = [:]
  private(set) var callsInFlight = 0
  /// Calls that have given their place up before their end, by their first member.
  private var placeless: Set<ID> = []
  private(set) var waitingMembers = 0
  private var waitingOctets = 0

  init(limits: BatchLimits) { self.limits = limits }

  var isIdle: Bool { callsInFlight == 0 && members.isEmpty }
  var waiting: [ID] { members.filter { !$0.value.isTaken }.map(\.key) }

  /// Has a member wait; false when too much waits already.
  mutating func enqueue(_ id: ID, _ member: Member) -> Bool {
    guard waitingMembers < limits.waitingMembers, waitingOctets < limits.waitingOctets else { return false }
    waitingMembers += 1
    waitingOctets += member.octets
    var member = member
    if !member.keys.isEmpty { member.keys = Array(Set(member.keys)) }
    for key in member.keys {
      if holders[key] != nil { member.blockers += 1 }
      holders[key, default: FIFO()].append(id)
    }
    members[id] = member
    if member.blockers == 0 { makeReady(id, member.lane) }
    return true
  }

  /// Takes a waiting member out; false when it has been taken for a call, or was never there.
  mutating func remove(_ id: ID) -> Bool {
    guard let member = members[id], !member.isTaken else { return false }
    members[id] = nil
    stopWaiting(member)
    if member.blockers == 0 {
      ready[member.lane]?.remove(id)
      if dropIfEmpty(member.lane) { turns.remove(member.lane) }
    }
    release(id, member.keys)
    return true
  }

  /// The members of a call to send now; nil when enough are in flight or none is ready. ``ended(_:)`` ends it.
  mutating func nextCall() -> [ID]? {
    guard callsInFlight < limits.callsInFlight, !turns.isEmpty else { return nil }
    var call = Call(limits: limits)
    var passedOver: [Lane] = []
    taking: while call.ids.count < limits.members, let lane = turns.first {
      guard let id = ready[lane]?.first, let member = members[id] else { break }
      switch call.fit(member) {
      case .full: break taking
      case .bulkIsFull:
        _ = turns.popFirst()
        passedOver.append(lane)
      case .fits:
        call.add(id, member)
        members[id]?.isTaken = true
        stopWaiting(member)
        _ = ready[lane]?.popFirst()
        _ = turns.popFirst()
        if !dropIfEmpty(lane) { turns.append(lane) }
      }
    }
    turns.prepend(passedOver)
    callsInFlight += 1
    return call.ids
  }

  /// Another call may start for this one, which is not over: its members keep their keys.
  mutating func freePlace(of ids: [ID]) {
    guard let first = ids.first, members[first]?.isTaken == true, placeless.insert(first).inserted else { return }
    callsInFlight -= 1
  }

  /// A call is over: its place and its members' keys are free.
  mutating func ended(_ ids: [ID]) {
    if ids.first.flatMap({ placeless.remove($0) }) == nil { callsInFlight -= 1 }
    for id in ids {
      guard let member = members.removeValue(forKey: id) else { continue }
      release(id, member.keys)
    }
  }

  private mutating func makeReady(_ id: ID, _ lane: Lane) {
    if ready[lane] == nil { turns.append(lane) }
    ready[lane, default: FIFO()].append(id)
  }

  private mutating func dropIfEmpty(_ lane: Lane) -> Bool {
    guard ready[lane]?.isEmpty != false else { return false }
    ready[lane] = nil
    return true
  }

  private mutating func stopWaiting(_ member: Member) {
    waitingMembers -= 1
    waitingOctets -= member.octets
  }

  private mutating func release(_ id: ID, _ keys: [String]) {
    for key in keys {
      let held = holders[key]?.first == id
      holders[key]?.remove(id)
      guard let next = holders[key]?.first else {
        holders[key] = nil
        continue
      }
      guard held, let blockers = members[next]?.blockers else { continue }
      members[next]?.blockers = blockers - 1
      if blockers == 1, let lane = members[next]?.lane { makeReady(next, lane) }
    }
  }

  /// A call being filled.
  private struct Call {
    enum Fit { case fits, bulkIsFull, full }

    let limits: BatchLimits
    var ids: [ID] = []
    private var octets = 0
    private var bulkMembers = 0
    private var bulkOctets = 0

    init(limits: BatchLimits) { self.limits = limits }

    func fit(_ member: Member) -> Fit {
      if member.isBulk, bulkMembers > 0,
        bulkMembers >= limits.members / 2 || bulkOctets + member.octets > limits.octets / 2
      {
        return .bulkIsFull
      }
      return !ids.isEmpty && octets + member.octets > limits.octets ? .full : .fits
    }

    mutating func add(_ id: ID, _ member: Member) {
      ids.append(id)
      octets += member.octets
      guard member.isBulk else { return }
      bulkMembers += 1
      bulkOctets += member.octets
    }
  }
}
