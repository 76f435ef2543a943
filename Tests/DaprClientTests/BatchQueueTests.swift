import SeededRandom
import Testing

@testable import DaprClient

@Suite struct BatchQueueTests {
  private func queue(calls: Int = 4, members: Int = 64, octets: Int = 512 << 10) -> QueueBox {
    var limits = BatchLimits()
    limits.callsInFlight = calls
    limits.members = members
    limits.octets = octets
    return QueueBox(limits: limits)
  }

  private func member(_ owner: String, _ octets: Int = 100, bulk: Bool = false, keys: [String] = [])
    -> BatchQueue.Member
  {
    .init(owner: owner, octets: octets, isBulk: bulk, keys: keys)
  }

  @Test func nothingWaitsWhileFewerThanFourAreInFlight() {
    let queue = queue()
    for id in 0..<4 as Range<UInt64> {
      #expect(queue.enqueue(id, member("a")))
      #expect(queue.nextCall() == [id])
    }
    for id in 4..<9 as Range<UInt64> { #expect(queue.enqueue(id, member("a"))) }
    #expect(queue.nextCall() == nil)
    queue.ended([2])
    #expect(queue.nextCall() == [4, 5, 6, 7, 8])
    #expect(queue.nextCall() == nil)
  }

  @Test func aCallEndsAt64Members() {
    let queue = queue()
    for id in 0..<150 as Range<UInt64> { #expect(queue.enqueue(id, member("a"))) }
    #expect(queue.nextCall()?.count == 64)
    #expect(queue.nextCall()?.count == 64)
    #expect(queue.nextCall()?.count == 22)
    #expect(queue.nextCall() == nil)
  }

  @Test func aCallEndsAt512KiB() {
    let queue = queue()
    for id in 0..<4 as Range<UInt64> { #expect(queue.enqueue(id, member("a", 200 << 10))) }
    #expect(queue.nextCall() == [0, 1])
    #expect(queue.nextCall() == [2, 3])
  }

  @Test func whatIsLargerThanACallGoesAlone() {
    let queue = queue()
    #expect(queue.enqueue(0, member("a", 10)))
    #expect(queue.enqueue(1, member("a", 1 << 20)))
    #expect(queue.enqueue(2, member("a", 10)))
    #expect(queue.nextCall() == [0])
    #expect(queue.nextCall() == [1])
    #expect(queue.nextCall() == [2])
  }

  @Test func ownersTakeTurns() {
    let queue = queue(members: 5)
    for id in 0..<100 as Range<UInt64> { #expect(queue.enqueue(id, member("busy"))) }
    #expect(queue.enqueue(100, member("quiet")))
    #expect(queue.enqueue(101, member("third")))
    #expect(queue.enqueue(102, member("third")))
    #expect(queue.nextCall() == [0, 100, 101, 1, 102])
    #expect(queue.nextCall() == [2, 3, 4, 5, 6])
  }

  @Test func theTurnGoesOnFromCallToCall() {
    let queue = queue(members: 2)
    for (index, owner) in ["a", "b", "c", "a", "b", "c"].enumerated() {
      #expect(queue.enqueue(UInt64(index), member(owner)))
    }
    #expect(queue.nextCall() == [0, 1])
    #expect(queue.nextCall() == [2, 3])
    #expect(queue.nextCall() == [4, 5])
  }

  @Test func bulkNeverFillsMoreThanHalf() {
    let queue = queue()
    for id in 0..<500 as Range<UInt64> { #expect(queue.enqueue(id, member("importer", 100, bulk: true))) }
    for id in 500..<600 as Range<UInt64> { #expect(queue.enqueue(id, member("other", 100, bulk: true))) }
    // Two bulks, and nothing else: half a call between them.
    #expect(queue.nextCall()?.count == 32)
    for id in 600..<700 as Range<UInt64> { #expect(queue.enqueue(id, member("person"))) }
    let call = queue.nextCall() ?? []
    #expect(call.count == 64)
    #expect(call.filter { $0 < 600 }.count == 32)
    #expect(call.filter { $0 >= 600 }.count == 32)
  }

  @Test func bulkNeverFillsMoreThanHalfOfTheOctets() {
    let queue = queue(octets: 1000)
    for id in 0..<10 as Range<UInt64> { #expect(queue.enqueue(id, member("importer", 200, bulk: true))) }
    #expect(queue.nextCall() == [0, 1])
  }

  @Test func aPersonsOwnWriteDoesNotWaitBehindTheirImport() {
    let queue = queue(calls: 1)
    for id in 0..<500 as Range<UInt64> { #expect(queue.enqueue(id, member("a", 100, bulk: true))) }
    _ = queue.nextCall()
    #expect(queue.enqueue(500, member("a")))
    queue.ended(Array(0..<32))
    #expect(queue.nextCall()?.contains(500) == true)
  }

  @Test func membersThatShareAKeyGoOneAfterAnother() {
    let queue = queue()
    #expect(queue.enqueue(0, member("a", keys: ["task/1"])))
    #expect(queue.enqueue(1, member("a", keys: ["task/1", "task/2"])))
    #expect(queue.enqueue(2, member("b", keys: ["task/2"])))
    #expect(queue.enqueue(3, member("b", keys: ["task/3"])))
    #expect(queue.nextCall() == [0, 3])
    #expect(queue.nextCall() == nil)
    queue.ended([0, 3])
    #expect(queue.nextCall() == [1])
    queue.ended([1])
    #expect(queue.nextCall() == [2])
    queue.ended([2])
    #expect(queue.isIdle)
  }

  @Test func aKeyGivenTwiceBlocksNobody() {
    let queue = queue()
    #expect(queue.enqueue(0, member("a", keys: ["k", "k"])))
    #expect(queue.nextCall() == [0])
    queue.ended([0])
    #expect(queue.enqueue(1, member("a", keys: ["k"])))
    #expect(queue.nextCall() == [1])
  }

  @Test func whoLeavesFreesItsKeysAndItsPlace() {
    let queue = queue(calls: 1)
    #expect(queue.enqueue(0, member("a")))
    #expect(queue.nextCall() == [0])
    #expect(queue.enqueue(1, member("a", keys: ["k"])))
    #expect(queue.enqueue(2, member("b", keys: ["k"])))
    #expect(queue.enqueue(3, member("c", keys: ["k"])))
    #expect(queue.remove(2))
    #expect(queue.remove(1))
    #expect(!queue.remove(1))
    #expect(!queue.remove(0), "it is under way")
    #expect(queue.waitingMembers == 1)
    queue.ended([0])
    #expect(queue.nextCall() == [3])
    queue.ended([3])
    #expect(queue.isIdle)
  }

  @Test func whatWaitsIsBounded() {
    var limits = BatchLimits()
    limits.callsInFlight = 1
    limits.waitingMembers = 3
    limits.waitingOctets = 1000
    let queue = QueueBox(limits: limits)
    #expect(queue.enqueue(0, member("a", 10)))
    _ = queue.nextCall()
    for id in 1...3 as ClosedRange<UInt64> { #expect(queue.enqueue(id, member("a", 10))) }
    #expect(!queue.enqueue(4, member("a", 10)))
    #expect(queue.remove(3))
    #expect(queue.enqueue(5, member("a", 2000)))
    #expect(queue.remove(1))
    #expect(!queue.enqueue(6, member("a", 1)), "2010 octets wait")
  }

  /// Any order of events keeps the promises: no key twice at a time, no member lost or doubled, bounds hold.
  @Test(arguments: 0..<20) func promisesHoldInAnyOrderOfEvents(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let queue = queue(calls: 3, members: 6, octets: 1000)
    var calls: [[UInt64]] = []
    var known: [UInt64: BatchQueue.Member] = [:]
    var done = Set<UInt64>()
    var next: UInt64 = 0
    func settle() {
      while let call = queue.nextCall() {
        #expect(!call.isEmpty && call.count <= 6)
        calls.append(call)
        #expect(calls.count <= 3)
        let members = call.compactMap { known[$0] }
        #expect(members.count == 1 || members.reduce(0) { $0 + $1.octets } <= 1000)
        #expect(members.filter(\.isBulk).count <= 3)
        let running = calls.joined().flatMap { known[$0]?.keys ?? [] }
        #expect(Set(running).count == running.count, "a key twice: \(running)")
        for id in call { #expect(done.insert(id).inserted) }
      }
    }
    for _ in 0..<2000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let keys = Set(
          (0..<Int.random(in: 0..<3, using: &random)).map { _ in "k\(Int.random(in: 0..<8, using: &random))" })
        let member = BatchQueue.Member(
          owner: "o\(Int.random(in: 0..<4, using: &random))", octets: Int.random(in: 1..<1200, using: &random),
          isBulk: Bool.random(using: &random), keys: Array(keys))
        known[next] = member
        #expect(queue.enqueue(next, member))
        next += 1
      case 6 where next > 0:
        let id = UInt64.random(in: 0..<next, using: &random)
        if queue.remove(id) { #expect(done.insert(id).inserted) }
      default:
        if !calls.isEmpty { queue.ended(calls.remove(at: Int.random(in: 0..<calls.count, using: &random))) }
      }
      settle()
    }
    while !calls.isEmpty {
      queue.ended(calls.removeFirst())
      settle()
    }
    #expect(queue.isIdle)
    #expect(done.count == Int(next), "every member was sent once, or left")
  }
}

/// `#expect` calls no mutating methods: a reference to a queue has none.
private final class QueueBox {
  private var queue: BatchQueue
  init(limits: BatchLimits) { queue = BatchQueue(limits: limits) }
  func enqueue(_ id: UInt64, _ member: BatchQueue.Member) -> Bool { queue.enqueue(id, member) }
  func remove(_ id: UInt64) -> Bool { queue.remove(id) }
  func nextCall() -> [UInt64]? { queue.nextCall() }
  func ended(_ ids: [UInt64]) { queue.ended(ids) }
  var isIdle: Bool { queue.isIdle }
  var waitingMembers: Int { queue.waitingMembers }
}
