import Testing

@testable import DaprClient

/// Calls that end when the test says so.
private actor Calls {
  private(set) var begun: [[Int]] = []
  private var open: [Int: CheckedContinuation<Void, Never>] = [:]

  func call(_ elements: [Int]) async {
    let number = begun.count
    begun.append(elements)
    await withCheckedContinuation { open[number] = $0 }
  }

  nonisolated func waitForCalls(_ count: Int) async throws {
    try await until("\(count) calls have begun") { await begun.count >= count }
  }

  func end(_ number: Int) { open.removeValue(forKey: number)?.resume() }
  func endAll() { for number in open.keys { end(number) } }
}

@Suite struct BatcherTests {
  private func batcher(_ calls: Calls) -> Batcher<Int, Int> {
    Batcher { elements in
      await calls.call(elements)
      return elements.map { .success($0 * 10) }
    }
  }

  /// Waits until so many members wait; what makes them wait is under way in other tasks.
  private func waitUntil(_ count: Int, waitIn batcher: Batcher<Int, Int>) async throws {
    try await until("\(count) members wait") { await batcher.waitingMembers == count }
  }

  @Test func whatArrivesMeanwhileLeavesTogether() async throws {
    let calls = Calls()
    let batcher = batcher(calls)
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for element in 0..<4 {
        group.addTask { (element, try await batcher.submit(element, owner: "a", octets: 1)) }
        try await calls.waitForCalls(element + 1)
      }
      for element in 4..<30 { group.addTask { (element, try await batcher.submit(element, owner: "a", octets: 1)) } }
      try await waitUntil(26, waitIn: batcher)
      await calls.end(1)
      try await calls.waitForCalls(5)
      let begun = await calls.begun
      #expect(begun.prefix(4).map(\.count) == [1, 1, 1, 1])
      #expect(Set(begun[4]) == Set(4..<30))
      await calls.endAll()
      for try await (element, result) in group { #expect(result == element * 10) }
    }
    await batcher.drain()
  }

  @Test func aMemberThatIsCancelledWhileItWaitsIsNotSent() async throws {
    let calls = Calls()
    let batcher = batcher(calls)
    let first = (0..<4).map { element in Task { try await batcher.submit(element, owner: "a", octets: 1) } }
    try await calls.waitForCalls(4)
    let cancelled = Task { try await batcher.submit(4, owner: "a", octets: 1, keys: ["k"]) }
    try await waitUntil(1, waitIn: batcher)
    let waiting = Task { try await batcher.submit(5, owner: "a", octets: 1, keys: ["k"]) }
    try await waitUntil(2, waitIn: batcher)
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    #expect(await batcher.waitingMembers == 1)
    await calls.end(0)
    try await calls.waitForCalls(5)
    #expect(await calls.begun.last == [5])
    await calls.endAll()
    #expect(try await waiting.value == 50)
    for task in first { _ = try await task.value }
    await batcher.drain()
  }

  @Test func aCallGoesOnWhenItsMembersAreCancelled() async throws {
    let calls = Calls()
    let batcher = batcher(calls)
    let task = Task { try await batcher.submit(1, owner: "a", octets: 1) }
    try await calls.waitForCalls(1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let second = Task { try await batcher.submit(2, owner: "a", octets: 1) }
    try await calls.waitForCalls(2)
    await calls.endAll()
    #expect(try await second.value == 20)
    await batcher.drain()
  }

  @Test func membersAreAnsweredAsTheirResultsCome() async throws {
    let calls = Calls()
    let batcher = Batcher<Int, Int>(sending: { batch in
      for (index, element) in batch.elements.enumerated() where element != 3 {
        await batch.finish(index, .success(element))
      }
      await calls.call(batch.elements)
    })
    // Answered although its call is still under way.
    #expect(try await batcher.submit(1, owner: "a", octets: 1) == 1)
    let unanswered = Task { try await batcher.submit(3, owner: "a", octets: 1) }
    try await calls.waitForCalls(2)
    await calls.endAll()
    await #expect(throws: BatchError.unanswered) { try await unanswered.value }
  }

  @Test func aCallThatGivesItsPlaceUpLetsTheNextStartAndKeepsItsKeys() async throws {
    let calls = Calls()
    var limits = BatchLimits()
    limits.callsInFlight = 1
    let batcher = Batcher<Int, Int>(
      limits: limits,
      sending: { batch in
        await batch.freePlace()
        await batch.freePlace()  // the second time counts for nothing
        await calls.call(batch.elements)
        await batch.finish(batch.elements.map { .success($0 * 10) })
      })
    let first = Task { try await batcher.submit(1, owner: "a", octets: 1, keys: ["k"]) }
    try await calls.waitForCalls(1)
    let blocked = Task { try await batcher.submit(2, owner: "a", octets: 1, keys: ["k"]) }
    try await waitUntil(1, waitIn: batcher)
    let free = Task { try await batcher.submit(3, owner: "a", octets: 1, keys: ["l"]) }
    try await calls.waitForCalls(2)
    #expect(await calls.begun == [[1], [3]])
    await calls.end(0)
    #expect(try await first.value == 10)
    try await calls.waitForCalls(3)
    #expect(await calls.begun.last == [2])
    await calls.endAll()
    #expect(try await free.value == 30)
    #expect(try await blocked.value == 20)
    await batcher.drain()
  }

  @Test func afterShutDownNothingWaitsAndNothingStarts() async throws {
    let calls = Calls()
    let batcher = batcher(calls)
    let first = (0..<4).map { element in Task { try await batcher.submit(element, owner: "a", octets: 1) } }
    try await calls.waitForCalls(4)
    let waiting = Task { try await batcher.submit(4, owner: "a", octets: 1) }
    try await waitUntil(1, waitIn: batcher)
    await batcher.shutDown()
    await #expect(throws: BatchError.shutDown) { try await waiting.value }
    await #expect(throws: BatchError.shutDown) { try await batcher.submit(5, owner: "a", octets: 1) }
    await calls.endAll()
    for task in first { _ = try await task.value }
    await batcher.drain()
    #expect(await calls.begun.count == 4)
  }
}
