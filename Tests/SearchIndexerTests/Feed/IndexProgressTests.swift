import EventLoop
import Testing

@testable import SearchIndexer

@Suite struct IndexProgressTests {
  private let progress = IndexProgress(loop: EventLoop(name: "progress"))

  @Test func itStandsForTheTopicOnceAllThatWasThereIsRead() async {
    #expect(await progress.missing == "the topic has not been reached yet")
    #expect(await !progress.isCurrent)
    #expect(await !progress.isCaughtUp(0))
    await progress.begin(ends: [0: 10, 1: 5], read: [1: 5])
    #expect(await progress.isCaughtUp(1))
    #expect(await progress.isCaughtUp(2))
    await progress.advance([0: 9])
    #expect(await !progress.isCaughtUp(0))
    #expect(await progress.missing == "1 partitions have not been read to their end yet")
    await progress.advance([0: 10])
    #expect(await progress.missing == nil)
    // A later connection to the broker changes nothing.
    await progress.begin(ends: [0: 100], read: [:])
    #expect(await progress.missing == nil)
  }

  @Test func aTopicThatWasMadeAnewIsReadToItsEndBeforeAnythingIsAskedAndAnswersGoOn() async {
    await progress.begin(ends: [0: 10, 1: 5], read: [0: 500, 1: 5], renewed: [0])
    #expect(await progress.missing == nil)
    #expect(await progress.isCaughtUp(0))
    #expect(await !progress.isCurrent)
    await progress.advance([0: 10])
    #expect(await progress.isCurrent)
    // It shows itself only by the record in the last one's place.
    await progress.renew(ends: [1: 5])
    #expect(await progress.isCaughtUp(1))
    #expect(await !progress.isCurrent)
    await progress.advance([1: 5])
    #expect(await progress.isCurrent)
    // What has come while the broker was away.
    await progress.begin(ends: [0: 20], read: [0: 10])
    #expect(await progress.isCaughtUp(0))
    #expect(await !progress.isCurrent)
  }

  @Test func whoWaitsIsWokenByTheNextTransactionOrGivesUp() async {
    let seen = await progress.generation
    async let woken = progress.wait(after: seen, atMost: .seconds(60))
    await progress.advance([:])
    #expect(await woken)
    // What has come since need not be waited for.
    #expect(await progress.wait(after: seen, atMost: .zero))
    #expect(await !progress.wait(after: seen + 1, atMost: .milliseconds(1)))
  }

  /// The transaction comes between the look and the wait, on another thread: the waiter would sleep until the next one.
  @Test func aTransactionThatComesAsSomeoneBeginsToWaitWakesThem() async {
    var missed = 0
    for _ in 0..<5_000 where missed == 0 {
      let seen = await progress.generation
      async let woken = progress.wait(after: seen, atMost: .seconds(20))
      await progress.advance([:])
      if await !woken { missed += 1 }
    }
    #expect(missed == 0)
  }
}
