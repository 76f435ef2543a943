import DaprClient
import SeededRandom
import Synchronization
import Testing

@testable import Notifier

/// A state store in memory that keeps to ETags, and whose other writers can be made to come first.
final class MemoryStore: ReminderStore {
  struct Entry {
    var value: [UInt8]
    var etag: Int
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var etag = 0
    var transactions: [[StateOperation]] = []
    var hook: (@Sendable ([StateOperation]) async -> Void)?
    /// What the next transactions are answered with instead of being done.
    var failures: [DaprError] = []
    var isDown = false
    /// Of 100 transactions, how many meet a rival that has just written one of their keys.
    var rivals = 0
    var random = SplitMix(seed: 1)
  }

  private let state = Mutex(State())

  /// Runs `body` once, before the next transaction is done: what happens while its writer is paused.
  func beforeNextTransaction(_ body: @escaping @Sendable ([StateOperation]) async -> Void) {
    state.withLock { $0.hook = body }
  }

  func failNextTransaction(_ error: DaprError) { state.withLock { $0.failures.append(error) } }
  func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
  func haveRivals(percent: Int, seed: UInt64) {
    state.withLock {
      $0.rivals = percent
      $0.random = SplitMix(seed: seed)
    }
  }

  var transactions: [[StateOperation]] { state.withLock { $0.transactions } }
  var keys: [String] { state.withLock { $0.entries.keys.sorted() } }

  func value(_ key: String) -> [UInt8]? { state.withLock { $0.entries[key]?.value } }

  func set(_ key: String, _ value: [UInt8]) {
    state.withLock { state in
      state.etag += 1
      state.entries[key] = Entry(value: value, etag: state.etag)
    }
  }

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] {
    let found: [String: StateEntry]? = state.withLock { state in
      if state.isDown { return nil }
      return keys.reduce(into: [:]) { found, key in
        found[key] = state.entries[key].map { StateEntry(value: $0.value, etag: ETag(String($0.etag))) }
      }
    }
    guard let found else { throw Self.down }
    return found
  }

  func save(_ operation: StateOperation) async throws(DaprError) {
    let error: DaprError? = state.withLock { state in
      if state.isDown { return Self.down }
      guard Self.holds(operation, state.entries) else { return Self.mismatch }
      Self.apply(operation, &state)
      return nil
    }
    if let error { throw error }
  }

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome {
    #expect(operations.count <= 500)
    #expect(operations.reduce(0) { $0 + $1.octets } <= 1 << 20)
    #expect(Set(operations.map(\.key)).count == operations.count, "a key stands twice")
    let hook = state.withLock { state in
      let hook = state.hook
      state.hook = nil
      return hook
    }
    await hook?(operations)
    return state.withLock { state in
      if state.isDown { return .notSent(Self.down) }
      if !state.failures.isEmpty { return .inDoubt(state.failures.removeFirst()) }
      if state.rivals > 0, Int(state.random.next() % 100) < state.rivals,
        let key = operations.randomElement(using: &state.random)?.key, state.entries[key] != nil
      {
        state.etag += 1
        state.entries[key]?.etag = state.etag
      }
      guard operations.allSatisfy({ Self.holds($0, state.entries) }) else { return .inDoubt(Self.mismatch) }
      for operation in operations { Self.apply(operation, &state) }
      state.transactions.append(operations)
      return .committed
    }
  }

  private static func holds(_ operation: StateOperation, _ entries: [String: Entry]) -> Bool {
    switch operation.precondition {
    case .none: true
    case .absent: entries[operation.key] == nil
    case .matches(let etag): entries[operation.key].map { String($0.etag) == etag.text } ?? false
    }
  }

  private static func apply(_ operation: StateOperation, _ state: inout State) {
    switch operation.action {
    case .delete: state.entries[operation.key] = nil
    case .upsert(let value):
      state.etag += 1
      state.entries[operation.key] = Entry(value: value, etag: state.etag)
    }
  }

  static let mismatch = DaprError(
    .etagMismatch, status: 500, errorCode: "ERR_STATE_TRANSACTION",
    message: "error while executing state transaction: possible etag mismatch. error from state store")
  static let down = DaprError(.unreachable, message: "the sidecar cannot be reached")
  static let timeout = DaprError(.deadline, message: "the sidecar did not answer in time")
}
