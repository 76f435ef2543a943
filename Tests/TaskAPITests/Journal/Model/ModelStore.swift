import DaprClient

@testable import TaskAPI

/// The state store of a ``World``: values with ETags that never come twice.
struct ModelStore {
  /// As Redis does: of a transaction that fails, what could be done stays done.
  let keepsRest: Bool
  private(set) var values: [String: StateEntry] = [:]
  /// The ids that each slot names.
  private(set) var slots: [String: [String]] = [:]
  /// Every attempt at a write that took place.
  private(set) var stored: Set<Int> = []
  /// Each task as it stands.
  private(set) var tasks: [String: TaskValue] = [:]
  private var revision = 0

  init(keepsRest: Bool) { self.keepsRest = keepsRest }

  func read(_ keys: [String]) -> [String: StateEntry] {
    var entries: [String: StateEntry] = [:]
    for key in keys { entries[key] = values[key] }
    return entries
  }

  /// - Returns: whether all of it was done.
  mutating func apply(_ operations: [StateOperation]) -> Bool {
    let holds = operations.allSatisfy(holds)
    guard holds || keepsRest else { return false }
    for operation in operations where self.holds(operation) { write(operation) }
    return holds
  }

  private func holds(_ operation: StateOperation) -> Bool {
    switch operation.precondition {
    case .none: true
    case .absent: values[operation.key] == nil
    case .matches(let etag): values[operation.key]?.etag == etag
    }
  }

  private mutating func write(_ operation: StateOperation) {
    guard case .upsert(let value) = operation.action else { preconditionFailure("the model deletes nothing") }
    revision += 1
    values[operation.key] = StateEntry(value: value, etag: ETag(String(revision)))
    if let task = TaskValue(value) {
      stored.insert(task.attempt)
      tasks[task.id] = task
    } else if let slot = SlotRecord(value) {
      slots[operation.key] = slot.ids
    }
  }
}

/// A task's value in the store, and its event's body: `task <id> <version> <attempt>`. No attempt comes twice.
struct TaskValue {
  let id: String
  let version: Int
  let attempt: Int

  init(id: String, version: Int, attempt: Int) {
    self.id = id
    self.version = version
    self.attempt = attempt
  }

  /// nil for what is no task.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: "task ".utf8) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 4, let version = Int(words[2]), let attempt = Int(words[3]) else { return nil }
    self.init(id: String(words[1]), version: version, attempt: attempt)
  }

  var bytes: [UInt8] { Array("task \(id) \(version) \(attempt)".utf8) }
  var event: OutgoingEvent { OutgoingEvent(bytes, partitionKey: id) }
}

/// How one replica sees a world's store and topic.
struct ReplicaView: JournalStore, EventTopic {
  let world: World
  let replica: Int

  func get(_ key: String, owner: String, isBulk: Bool) async throws(DaprError) -> StateEntry? {
    try await get(all: [key])[key]
  }

  func get(all keys: [String]) async throws(DaprError) -> [String: StateEntry] {
    switch await world.call(replica, .read(keys)) {
    case .entries(let entries): return entries
    case .failed(let error): throw error
    default: preconditionFailure("no answer to a read")
    }
  }

  func save(_ operation: StateOperation) async throws(DaprError) {
    switch await world.call(replica, .save(operation)) {
    case .outcome: return
    case .failed(let error): throw error
    default: preconditionFailure("no answer to a save")
    }
  }

  func transaction(_ operations: [StateOperation]) async -> TransactionOutcome {
    switch await world.call(replica, .transaction(operations)) {
    case .outcome(let outcome): return outcome
    case .failed(let error): return .inDoubt(error)
    default: preconditionFailure("no answer to a transaction")
    }
  }

  func publish(_ events: [OutgoingEvent]) async throws(DaprError) -> [Int: String] {
    switch await world.call(replica, .publish(events)) {
    case .notPublished(let failed): return failed
    case .failed(let error): throw error
    default: preconditionFailure("no answer to a publish")
    }
  }
}
