import DaprClient

/// The state store as the notifier uses it.
protocol ReminderStore: Sendable {
  /// The values of those `keys` that are there; each may have been read at another moment.
  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry]
  /// Writes one value by itself.
  func save(_ operation: StateOperation) async throws(DaprError)
  /// Does all of `operations` or none.
  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome
}

struct DaprReminderStore: ReminderStore {
  let state: StateStore

  /// Keys of a bulk get at most.
  private static let keysOfACall = 500

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] {
    if keys.count <= Self.keysOfACall { return try await state.get(all: keys) }
    var entries: [String: StateEntry] = [:]
    var rest = keys[...]
    while !rest.isEmpty {
      entries.merge(try await state.get(all: Array(rest.prefix(Self.keysOfACall)))) { $1 }
      rest = rest.dropFirst(Self.keysOfACall)
    }
    return entries
  }

  func save(_ operation: StateOperation) async throws(DaprError) { try await state.save(operation) }

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome { await state.transaction(operations) }
}

extension TransactionOutcome {
  /// Whether it committed; false when another writer came first, so that reading and deciding anew is right. What may still
  /// commit later does no harm, since it is guarded by ETags that the next writer replaces.
  func isCommitted() throws(ScheduleError) -> Bool {
    switch self {
    case .committed: return true
    case .inDoubt(let error) where error.kind == .etagMismatch: return false
    case .refused(let error), .notSent(let error), .inDoubt(let error): throw .store(error)
    }
  }
}
