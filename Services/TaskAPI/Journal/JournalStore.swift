import DaprClient

/// What the journal needs of a state store; its tests put one of their own behind it that delays, loses and answers wrongly.
protocol JournalStore: Sendable {
  /// Reads a key in its owner's turn.
  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry?
  /// Those of `keys` that are there.
  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry]
  func save(_ operation: StateOperation) async throws(DaprError)
  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome
}

extension JournalStore {
  /// Reads a key of the service itself.
  func get(_ key: String) async throws(DaprError) -> StateEntry? { try await get(key, owner: "", isBulk: false) }
}

/// Where the journal's events go.
protocol EventTopic: Sendable {
  /// Publishes all in one call. On a thrown error any of them may have been published.
  /// - Returns: the indexes of those that were not, with the reason.
  func publish(_ events: [OutgoingEvent]) async throws(DaprError) -> [Int: String]
}

/// The sidecar's state store. Single reads that wait together go as one bulk get.
struct SidecarStore: JournalStore {
  let store: StateStore
  let reader: StateReader

  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry? {
    do {
      return try await reader.get(key, owner: owner, isBulk: isBulk)
    } catch let error as DaprError {
      throw error
    } catch {
      throw DaprError(.failed, message: "\(key) was not read: \(error)")
    }
  }

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] { try await store.get(all: keys) }
  func save(_ operation: StateOperation) async throws(DaprError) { try await store.save(operation) }
  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome { await store.transaction(operations) }
}

/// A topic behind the sidecar's pub/sub component.
struct SidecarTopic: EventTopic {
  let pubsub: PubSub
  let topic: String

  func publish(_ events: [OutgoingEvent]) async throws(DaprError) -> [Int: String] {
    try await pubsub.publish(all: events, to: topic)
  }
}
