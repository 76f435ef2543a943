import EventLoop
import Glibc
import Synchronization
import Testing

private final class Counter: Sendable { let value = Mutex(0) }

@Suite struct EventLoopTests {
  let loop = EventLoop(name: "test")

  @Test func aTaskBeginsAtOnceAndResumesOnTheLoop() async throws {
    let places = try await loop.run { [loop] in
      Task.immediate(executorPreference: loop) {
        var places = [loop.isCurrent]
        await Task.yield()
        places.append(loop.isCurrent)
        async let child = loop.isCurrent
        places.append(await child)
        return places
      }
    }.value
    #expect(places == [true, true, true])
  }

  @Test func everyCallFromOtherThreadsRuns() async throws {
    let count = Counter()
    await withTaskGroup(of: Void.self) { [loop] group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 { loop.execute { count.value.withLock { $0 += 1 } } }
        }
      }
    }
    #expect(try await loop.run { count.value.withLock { $0 } } == 8000)
  }

  @Test func aTimerFiresOnceAndACancelledOneNever() async throws {
    let fired = Mutex<[String]>([])
    await withCheckedContinuation { continuation in
      loop.execute { [loop] in
        let never = LoopTimer(loop: loop, after: .milliseconds(5)) { fired.withLock { $0.append("cancelled") } }
        LoopTimer(loop: loop, after: .milliseconds(1)) { fired.withLock { $0.append("once") } }
        LoopTimer(loop: loop, after: .milliseconds(20)) { continuation.resume() }
        never.cancel()
      }
    }
    #expect(fired.withLock { $0 } == ["once"])
  }

  @Test func aDeadlineIsNeverEarlyAndADisarmedOneNeverComes() async throws {
    let start = ContinuousClock.now
    let disarmedFired = Mutex(false)
    await withCheckedContinuation { continuation in
      loop.execute { [loop] in
        let deadline = DeadlineAction { continuation.resume() }
        let disarmed = DeadlineAction { disarmedFired.withLock { $0 = true } }
        loop.deadlines.arm(disarmed, after: .milliseconds(100))
        loop.deadlines.arm(deadline, after: .milliseconds(150))
        loop.deadlines.disarm(disarmed)
      }
    }
    #expect(start.duration(to: .now) >= .milliseconds(150))
    #expect(!disarmedFired.withLock { $0 })
  }
}
