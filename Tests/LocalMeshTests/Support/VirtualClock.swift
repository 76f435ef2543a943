import Recurrence
import Synchronization

@testable import LocalMesh

/// A clock that a test moves. What sleeps wakes when it has come to its time.
final class VirtualClock: Sendable {
  private struct Sleeper {
    let due: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var elapsed = Duration.zero
    var sleepers: [Int: Sleeper] = [:]
    var next = 0
    var watchers: [Int: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
  }

  private let start: Instant
  private let state = Mutex(State())

  init(start: Instant = Instant(secondsSinceEpoch: 1_795_000_000)) { self.start = start }

  var clock: MeshClock { MeshClock(now: { self.now }, sleep: { try await self.sleep($0) }) }
  var elapsed: Duration { state.withLock { $0.elapsed } }
  var now: Instant { start.adding(elapsed) }

  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.elapsed += duration
      let due = state.sleepers.filter { $0.value.due <= state.elapsed }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Returns once at least `count` tasks sleep, or the waiting task is cancelled, as by a test's time limit.
  func waitForSleepers(_ count: Int = 1) async {
    let id = newID()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if state.sleepers.count >= count || Task.isCancelled { return true }
          state.watchers[id] = (count, continuation)
          return false
        }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.watchers.removeValue(forKey: id) }?.continuation.resume()
    }
  }

  private func newID() -> Int {
    state.withLock { state in
      defer { state.next += 1 }
      return state.next
    }
  }

  private func sleep(_ duration: Duration) async throws {
    let id = newID()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let watchers = state.withLock { state in
          state.sleepers[id] = Sleeper(due: state.elapsed + duration, continuation: continuation)
          let satisfied = state.watchers.filter { $0.value.count <= state.sleepers.count }
          for id in satisfied.keys { state.watchers[id] = nil }
          return satisfied.values
        }
        for watcher in watchers { watcher.continuation.resume() }
        if Task.isCancelled { wake(id, throwing: CancellationError()) }
      }
    } onCancel: {
      wake(id, throwing: CancellationError())
    }
  }

  private func wake(_ id: Int, throwing error: any Error) {
    state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: error)
  }
}

/// A clock on which every pause is over at once, up to a number of them; then whoever sleeps stays asleep until cancelled.
final class SkippingClock: Sendable {
  private struct State {
    var elapsed = Duration.zero
    var pauses = 0
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  private let limit: Int
  private let start: Instant
  private let state = Mutex(State())
  private let still = VirtualClock()

  init(limit: Int, start: Instant = .now()) {
    self.limit = limit
    self.start = start
  }

  var elapsed: Duration { state.withLock { $0.elapsed } }

  var clock: MeshClock {
    MeshClock(now: { self.start.adding(self.elapsed) }, sleep: { try await self.sleep($0) })
  }

  /// Returns once all the pauses have been taken.
  func waitUntilStill() async { await still.waitForSleepers() }

  private func sleep(_ duration: Duration) async throws {
    let isOver = state.withLock { state in
      guard state.pauses < limit else { return false }
      state.pauses += 1
      state.elapsed += duration
      return true
    }
    if !isOver { try await still.clock.sleep(duration) }
    await Task.yield()
  }
}

extension MeshClock {
  /// One whose pauses end at once.
  static let hasty = MeshClock(now: { .now() }, sleep: { _ in await Task.yield() })
}

extension Instant {
  func adding(_ duration: Duration) -> Instant {
    let (seconds, attoseconds) = duration.components
    return Instant(
      secondsSinceEpoch: secondsSinceEpoch + Int(seconds), nanoseconds: nanoseconds + Int(attoseconds / 1_000_000_000))
  }
}
