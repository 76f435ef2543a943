import EventLoop
import Testing

@testable import SearchIndexer

@Suite struct IndexProgressTests {
  private let progress = IndexProgress(loop: EventLoop(name: "progress"))

  @Test func itStandsForTheTopicOnceAllThatWasThereIsRead() async {
    #expect(await progress.missing == "the topic has not been reached yet")
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

  @Test func whoWaitsIsWokenByTheNextTransactionOrGivesUp() async {
    let seen = await progress.generation
    async let woken = progress.wait(after: seen, atMost: .seconds(60))
    await progress.advance([:])
    #expect(await woken)
    // What has come since need not be waited for.
    #expect(await progress.wait(after: seen, atMost: .zero))
    #expect(await !progress.wait(after: seen + 1, atMost: .milliseconds(1)))
  }
}
