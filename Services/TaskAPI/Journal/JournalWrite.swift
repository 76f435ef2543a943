import DaprClient

/// A change of some keys that takes place as one with its events.
struct JournalWrite: Sendable {
  /// Whose turn it takes.
  var owner: String
  /// The tasks, their history, their idempotency records; no key twice.
  var operations: [StateOperation]
  /// Ids of the tasks whose present state must reach the topic.
  var ids: [String]
  var events: [OutgoingEvent]
  /// One of many that came together.
  var isBulk = false

  var octets: Int { operations.reduce(ids.count * 40) { $0 + $1.octets } }

  /// Whether every precondition holds of what `entries` say.
  func holds(in entries: [String: StateEntry]) -> Bool {
    operations.allSatisfy { operation in
      switch operation.precondition {
      case .none: true
      case .absent: entries[operation.key] == nil
      case .matches(let etag): entries[operation.key]?.etag == etag
      }
    }
  }

  var guardedKeys: [String] { operations.filter { $0.precondition != .none }.map(\.key) }
}

/// Why a write was not acknowledged.
enum WriteFailure: Error, Equatable {
  /// A precondition does not hold. Not stored.
  case conflict
  /// The store does not take this value. Not stored.
  case refused(String)
  /// Not stored; another time it may be.
  case unavailable(String)
  /// It may stand, or come to stand.
  case inDoubt
}

struct PendingWrite: Sendable {
  let write: JournalWrite
  let submittedAt: Duration
}
