import Synchronization
import Testing

@testable import Daemon

/// Time that moves when the test says so.
private final class Clock: Sendable {
  private struct State {
    var offset: Duration = .zero
    var sleepers: [(until: Duration, continuation: CheckedContinuation<Void, Never>)] = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let start = ContinuousClock.now
  private let state = Mutex(State())

  var now: ContinuousClock.Instant { start + state.withLock { $0.offset } }

  func sleep(_ duration: Duration) async {
    await withCheckedContinuation { continuation in
      let woken = state.withLock { state in
        state.sleepers.append((state.offset + duration, continuation))
        let woken = state.watchers.filter { $0.count <= state.sleepers.count }
        state.watchers.removeAll { $0.count <= state.sleepers.count }
        return woken
      }
      for watcher in woken { watcher.continuation.resume() }
    }
  }

  func waitForSleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.sleepers.count < count { state.watchers.append((count, continuation)) }
        return state.sleepers.count >= count
      }
      if isThere { continuation.resume() }
    }
  }

  func advance(_ duration: Duration) {
    let due = state.withLock { state in
      state.offset += duration
      let due = state.sleepers.filter { $0.until <= state.offset }
      state.sleepers.removeAll { $0.until <= state.offset }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }
}

private struct Broken: Error, CustomStringConvertible {
  let description = "no store"
}

@Suite struct ReadinessTests {
  private let clock = Clock()
  private var readiness: Readiness {
    Readiness(now: { [clock] in clock.now }, sleep: { [clock] in await clock.sleep($0) })
  }

  @Test func failuresAreNamedInOrder() async {
    let readiness = readiness
    await readiness.add("store") { throw Broken() }
    await readiness.add("sidecar") {}
    await readiness.add("index") { throw NotReady("3 behind") }
    #expect(
      await readiness.failures() == [
        .init(check: "store", reason: "no store"), .init(check: "index", reason: "3 behind"),
      ])
    clock.advance(.seconds(100))
  }

  @Test func aCheckThatHangsFailsByItselfEvenIfItIgnoresCancellation() async {
    let readiness = readiness
    let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
    await readiness.add("hung", timeLimit: .seconds(2)) {
      await withCheckedContinuation { continuation in gate.withLock { $0 = continuation } }
    }
    await readiness.add("fine") {}
    async let failures = readiness.failures()
    await clock.waitForSleepers(1)
    clock.advance(.seconds(2))
    // The timer of the other check may still be about to sleep.
    #expect(await failures == [.init(check: "hung", reason: "no answer within 2s")])
    clock.advance(.seconds(10))
    gate.withLock { $0?.resume() }
  }

  @Test func whatWasFoundIsKeptForASecond() async {
    let readiness = readiness
    let runs = Mutex(0)
    await readiness.add("counted") { runs.withLock { $0 += 1 } }
    for _ in 0..<5 { #expect(await readiness.failures() == []) }
    #expect(runs.withLock { $0 } == 1)
    clock.advance(.milliseconds(1001))
    #expect(await readiness.failures() == [])
    #expect(runs.withLock { $0 } == 2)
    clock.advance(.seconds(100))
  }

  @Test func whatFailsIsLookedAtAgainAfterATenthOfASecond() async {
    let readiness = readiness
    let runs = Mutex(0)
    await readiness.add("store") {
      if runs.withLock({
        $0 += 1; return $0
      }) == 1 {
        throw Broken()
      }
    }
    for _ in 0..<2 { #expect(await readiness.failures().count == 1) }
    clock.advance(.milliseconds(101))
    for _ in 0..<2 { #expect(await readiness.failures().isEmpty) }
    #expect(runs.withLock { $0 } == 2)
    clock.advance(.seconds(100))
  }

  @Test func aStoppingDaemonIsNotReady() async {
    let readiness = readiness
    await readiness.add("fine") {}
    await readiness.stop()
    #expect(await readiness.failures().map(\.check) == ["running"])
  }
}
