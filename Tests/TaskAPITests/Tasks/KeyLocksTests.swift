import Testing

@testable import TaskAPI

@Suite struct KeyLocksTests {
  @Test func aKeyThatManyWaitForIsCrowdedUntilTheyAreThrough() async throws {
    let locks = KeyLocks()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    #expect(!locks.areCrowded(["a"]))
    let holder = Task {
      await locks.withLock(["a"]) { for await _ in gate {} }
    }
    let waiters = (0..<KeyLocks.mostWaiting).map { _ in
      Task { await locks.withLock(["a"]) {} }
    }
    try await until("all wait") { locks.areCrowded(["a"]) }
    #expect(!locks.areCrowded(["b"]) && locks.areCrowded(["b", "a"]))
    open.finish()
    await holder.value
    for waiter in waiters { await waiter.value }
    #expect(!locks.areCrowded(["a"]))
  }
}
