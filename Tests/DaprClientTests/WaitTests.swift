import Testing

@testable import DaprClient

/// Who would wait too long is refused at once.
@Suite struct WaitTests {
  /// A queue whose calls of 64 have taken `each` one after another while others waited.
  private func busy(_ each: Duration, owner: String = "a") -> (queue: QueueBox, now: Duration, nextID: UInt64) {
    var limits = BatchLimits()
    limits.callsInFlight = 1
    let queue = QueueBox(limits: limits)
    var now = Duration.zero
    var nextID: UInt64 = 0
    func add(_ count: Int) {
      for _ in 0..<count {
        _ = queue.enqueue(nextID, .init(owner: owner, octets: 1), now: now)
        nextID += 1
      }
    }
    add(128)
    for _ in 0..<10 {
      guard let call = queue.nextCall(now: now) else { break }
      now += each
      queue.ended(call)
      add(64)
    }
    return (queue, now, nextID)
  }

  private func accepted(_ queue: QueueBox, from id: UInt64, now: Duration, owner: String = "a") -> Int {
    var count = 0
    while count < 10_000, queue.enqueue(id + UInt64(count), .init(owner: owner, octets: 1), now: now) { count += 1 }
    return count
  }

  @Test(arguments: [(Duration.milliseconds(10), 960), (.milliseconds(50), 192), (.seconds(1), 128)])
  func aQueueTakesAsManyAsItServesIn150MillisecondsButAlwaysTwoCallsWorth(each: Duration, most: Int) {
    let (queue, now, start) = busy(each)
    let waiting = queue.waitingMembers
    let taken = accepted(queue, from: start, now: now)
    #expect(abs(max(waiting, most) - (waiting + taken)) <= 2, "\(waiting) waited, \(taken) were taken")
  }

  @Test func whoFloodsIsRefusedAndOthersAreNot() {
    var (queue, now, next) = busy(.milliseconds(50), owner: "flood")
    next += UInt64(accepted(queue, from: next, now: now, owner: "flood"))
    #expect(!queue.enqueue(next, .init(owner: "flood", octets: 1), now: now))
    #expect(queue.enqueue(next, .init(owner: "other", octets: 1), now: now))
    #expect(queue.enqueue(next + 1, .init(owner: "third", octets: 1), now: now))
  }

  @Test func bulkMayWaitLongerAndWhatIsVitalIsNeverRefusedForItsWait() {
    var (queue, now, next) = busy(.milliseconds(50))
    next += UInt64(accepted(queue, from: next, now: now))
    for offset in 0..<500 as Range<UInt64> {
      #expect(queue.enqueue(next + offset, .init(owner: "a", octets: 1, isBulk: true), now: now))
    }
    #expect(queue.enqueue(next + 500, .init(owner: "a", octets: 1, isVital: true), now: now))
    #expect(!queue.enqueue(next + 501, .init(owner: "a", octets: 1), now: now))
  }

  @Test func aServiceThatIsFastAgainIsTrustedAgain() {
    var (queue, now, next) = busy(.seconds(1))
    while let call = queue.nextCall(now: now) {
      now += .milliseconds(1)
      queue.ended(call)
    }
    for _ in 0..<60 {
      for _ in 0..<200 {
        _ = queue.enqueue(next, .init(owner: "a", octets: 1), now: now)
        next += 1
      }
      while let call = queue.nextCall(now: now) {
        now += .milliseconds(1)
        queue.ended(call)
      }
    }
    #expect(accepted(queue, from: next, now: now) >= 5000)
  }

  @Test func aServiceThatHasStalledTakesNoMoreThanTwoCallsWorth() {
    let (queue, now, next) = busy(.milliseconds(2))
    let waiting = queue.waitingMembers
    #expect(accepted(queue, from: next, now: now + .seconds(60)) == 128 - waiting)
  }
}
