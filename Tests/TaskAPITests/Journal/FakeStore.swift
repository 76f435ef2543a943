import DaprClient
import Synchronization

@testable import TaskAPI

/// A state store in memory whose next calls can be made to go wrong as daprd's do.
final class FakeStore: JournalStore {
  enum Fault {
    /// Takes place; its answer is a 500.
    case answerLost
    /// Does not take place; its answer is a 500.
    case failed
    /// Takes place only at ``FakeStore/land()``; its answer is a time-out.
    case hangs
    /// 400, without taking place.
    case refused
    /// Never leaves the process.
    case notSent
  }

  struct State {
    var values: [String: StateEntry] = [:]
    var revision = 0
    var transactionFaults: [Fault] = []
    /// Saves and reads throw while this is true.
    var isDown = false
    /// Takes the place of all values as soon as one has been read.
    var afterNextRead: [String: StateEntry]?
    var hanging: [[StateOperation]] = []
    /// Every transaction that was asked for.
    var transactions: [[StateOperation]] = []
    /// A transaction waits here until the gate is opened.
    var isGated = false
    var gate: [CheckedContinuation<Void, Never>] = []
    /// 400 for any transaction with this key in it.
    var poison: String?
  }
  let state = Mutex(State())

  static let failure = DaprError(.failed, status: 500, message: "it went wrong")

  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry? {
    let (found, isDown) = state.withLock { state in
      defer {
        if let next = state.afterNextRead {
          state.values = next
          state.afterNextRead = nil
        }
      }
      return (state.values[key], state.isDown)
    }
    if isDown { throw Self.failure }
    return found
  }

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] {
    let (found, isDown) = state.withLock { state in (state.values.filter { keys.contains($0.key) }, state.isDown) }
    if isDown { throw Self.failure }
    return found
  }

  func save(_ operation: StateOperation) async throws(DaprError) {
    let error: DaprError? = state.withLock { state in
      if state.isDown { return Self.failure }
      return Self.apply([operation], to: &state) ? nil : DaprError(.etagMismatch, status: 409, message: "mismatch")
    }
    if let error { throw error }
  }

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome {
    let fault = state.withLock { $0.transactionFaults.isEmpty ? nil : $0.transactionFaults.removeFirst() }
    await withCheckedContinuation { continuation in
      let isGated = state.withLock { state in
        state.transactions.append(operations)
        if state.isGated { state.gate.append(continuation) }
        return state.isGated
      }
      if !isGated { continuation.resume() }
    }
    return state.withLock { state in
      if let poison = state.poison, operations.contains(where: { $0.key == poison }) {
        return .refused(DaprError(.refused, status: 400, message: "malformed"))
      }
      switch fault {
      case nil: return Self.apply(operations, to: &state) ? .committed : .inDoubt(Self.failure)
      case .answerLost:
        _ = Self.apply(operations, to: &state)
        return .inDoubt(Self.failure)
      case .failed: return .inDoubt(Self.failure)
      case .hangs:
        state.hanging.append(operations)
        return .inDoubt(DaprError(.deadline, message: "no answer"))
      case .refused: return .refused(DaprError(.refused, status: 400, message: "malformed"))
      case .notSent: return .notSent(DaprError(.unreachable, message: "no connection"))
      }
    }
  }

  /// Has what hangs take place, if its ETags still hold.
  /// - Returns: how many of the transactions committed.
  func land() -> Int {
    state.withLock { state in
      let hanging = state.hanging
      state.hanging = []
      return hanging.filter { Self.apply($0, to: &state) }.count
    }
  }

  func openGate() {
    let waiting = state.withLock { state in
      state.isGated = false
      defer { state.gate = [] }
      return state.gate
    }
    for continuation in waiting { continuation.resume() }
  }

  subscript(key: String) -> String? {
    state.withLock { $0.values[key] }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  func slot(_ journal: Int, _ slot: Int) -> SlotRecord? {
    state.withLock { $0.values[JournalKey.slot(journal, slot)] }.flatMap { SlotRecord($0.value) }
  }

  func put(_ key: String, _ value: [UInt8]) {
    state.withLock { state in _ = Self.apply([.upsert(key, value)], to: &state) }
  }

  private static func apply(_ operations: [StateOperation], to state: inout State) -> Bool {
    for operation in operations {
      switch operation.precondition {
      case .none: break
      case .absent: if state.values[operation.key] != nil { return false }
      case .matches(let etag): if state.values[operation.key]?.etag != etag { return false }
      }
    }
    for operation in operations {
      state.revision += 1
      switch operation.action {
      case .upsert(let value):
        state.values[operation.key] = StateEntry(value: value, etag: ETag(String(state.revision)))
      case .delete: state.values[operation.key] = nil
      }
    }
    return true
  }
}

/// A topic in memory.
final class FakeTopic: EventTopic {
  struct State {
    var events: [OutgoingEvent] = []
    /// Calls that fail before one works again.
    var failures = 0
    var calls = 0
    /// A call waits here until the gate is opened.
    var isGated = false
    var gate: [CheckedContinuation<Void, Never>] = []
  }
  let state = Mutex(State())

  func publish(_ events: [OutgoingEvent]) async throws(DaprError) -> [Int: String] {
    await withCheckedContinuation { continuation in
      let isGated = state.withLock { state in
        state.calls += 1
        if state.isGated { state.gate.append(continuation) }
        return state.isGated
      }
      if !isGated { continuation.resume() }
    }
    let works = state.withLock { state in
      if state.failures > 0 {
        state.failures -= 1
        return false
      }
      state.events += events
      return true
    }
    if !works { throw FakeStore.failure }
    return [:]
  }

  func openGate() {
    let waiting = state.withLock { state in
      state.isGated = false
      defer { state.gate = [] }
      return state.gate
    }
    for continuation in waiting { continuation.resume() }
  }

  var keys: [String] { state.withLock { $0.events.map { $0.partitionKey ?? "" } } }
}

/// Time that moves when the test says so.
final class ManualTime: Sendable {
  private struct State {
    var now = Duration.zero
    var nextID = 0
    var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var cancelled: Set<Int> = []
  }
  private let state = Mutex(State())

  var time: MonotonicTime {
    MonotonicTime(now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) })
  }

  private func sleep(_ duration: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if state.cancelled.remove(id) != nil { return true }
          state.sleepers[id] = (state.now + duration, continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        if state.sleepers[id] == nil { state.cancelled.insert(id) }
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  var sleepers: Int { state.withLock { $0.sleepers.count } }
}

/// Lets other tasks run until something holds.
func until(_ what: String, _ holds: @Sendable () -> Bool) async throws {
  for _ in 0..<200_000 {
    if holds() { return }
    await Task.yield()
  }
  throw NeverHeld(what: what)
}

struct NeverHeld: Error, CustomStringConvertible {
  let what: String
  var description: String { "this never came to hold: \(what)" }
}
