import DaprClient
import SeededRandom
import Testing

@testable import Notifier

@Suite struct LeaseBookTests {
  private func lease(_ holder: String, etag: String = "1") -> [String: StateEntry] {
    ["due/0/lease": StateEntry(value: Array(#"{"holder":"\#(holder)","number":1}"#.utf8), etag: ETag(etag))]
  }

  private func shards(_ attempts: [LeaseBook.Attempt]) -> Set<Int> { Set(attempts.map(\.shard)) }

  @Test func leasesThatAreMissingOrFreeAreTakenAtOnce() throws {
    var book = LeaseBook(replica: "me")
    let attempts = book.attempts(lease("free"), at: .zero)
    #expect(attempts.count == 64)
    let taken = try #require(attempts.first { $0.shard == 0 })
    #expect(taken.write.precondition == .matches(ETag("1")))
    #expect(attempts.filter { $0.shard != 0 }.allSatisfy { $0.write.precondition == .absent })
    #expect(attempts.allSatisfy { $0.write.timeToLive == nil })
  }

  @Test func anothersLeaseIsTakenAfterTenSecondsUnchanged() {
    var book = LeaseBook(replica: "me")
    #expect(!shards(book.attempts(lease("you"), at: .seconds(0))).contains(0))
    #expect(!shards(book.attempts(lease("you"), at: .seconds(9))).contains(0))
    #expect(!shards(book.attempts(lease("you", etag: "2"), at: .seconds(10))).contains(0))
    #expect(!shards(book.attempts(lease("you", etag: "2"), at: .milliseconds(19_999))).contains(0))
    #expect(shards(book.attempts(lease("you", etag: "2"), at: .seconds(20))).contains(0))
  }

  @Test func aLeaseHoldsSevenSecondsFromBeforeItsWriteLeft() {
    var book = LeaseBook(replica: "me")
    book.acquired(0, sent: .seconds(100))
    #expect(book.maySend(0, at: .seconds(105)))
    #expect(!book.maySend(0, at: .milliseconds(105_001)))
    #expect(book.held(at: .milliseconds(106_999)) == [0])
    #expect(book.held(at: .seconds(107)).isEmpty)
    #expect(!book.maySend(1, at: .seconds(100)))
  }

  @Test func itIsRenewedAfterThreeSeconds() {
    var book = LeaseBook(replica: "me")
    for shard in 0..<64 { book.acquired(shard, sent: .zero) }
    #expect(!book.isLookDue(at: .milliseconds(2999)))
    #expect(book.isLookDue(at: .seconds(3)))
    #expect(!shards(book.attempts(lease("me"), at: .seconds(2))).contains(0))
    #expect(shards(book.attempts(lease("me"), at: .seconds(3))).contains(0))
  }

  @Test func aHolderThatSeesAnotherStopsAtOnce() {
    var book = LeaseBook(replica: "me")
    book.acquired(0, sent: .zero)
    _ = book.attempts(lease("you"), at: .seconds(1))
    #expect(!book.maySend(0, at: .seconds(1)))
  }

  @Test func anOrderlyStopFreesWhatItHolds() throws {
    var book = LeaseBook(replica: "me")
    book.acquired(0, sent: .zero)
    let writes = book.release(lease("me", etag: "5"))
    #expect(writes.map(\.shard) == [0])
    #expect(writes[0].write.precondition == .matches(ETag("5")))
    #expect(book.held(at: .zero).isEmpty)
    #expect(book.release(lease("you")).isEmpty)
  }
}

@Suite struct LeaseKeeperTests {
  @Test func aFreedLeaseNeedsNoWaiting() async throws {
    let world = try World()
    let first = await world.holder("first")
    let second = world.replica("second")
    await second.leases.keep()
    #expect(first.leases.held.count == 64 && second.leases.held.isEmpty)
    await first.leases.release()
    await second.leases.keep()
    #expect(first.leases.held.isEmpty && second.leases.held.count == 64)
  }

  @Test func twoReplicasNeverBothMaySend() async throws {
    let world = try World()
    let replicas = [world.replica("a"), world.replica("b")]
    var random = SplitMix(seed: 7)
    for _ in 0..<600 {
      world.pass(seconds: 1)
      // Each is paused now and then, for longer than its lease.
      for replica in replicas where random.next() % 4 != 0 { await replica.leases.keep() }
      let both = (0..<64).filter { shard in replicas.allSatisfy { $0.leases.maySend(shard) } }
      #expect(both.isEmpty)
    }
  }
}
