import DaprClient

@testable import TaskAPI

/// Keeps what callers were told and what was published, and says what breaks a promise (protocols.md §1).
struct Ledger {
  /// Marks the event of a task as a taker found it; another's is its writer's.
  static let presentState = 1

  private(set) var violations: [String] = []
  /// The highest version of each task in the topic.
  private var published: [String: Int] = [:]
  private var publishedAttempts: Set<Int> = []
  private var attempts = 0
  private var answers: [Int: WriteFailure?] = [:]
  /// Own events that a replica has tried to publish, those not acknowledged among them.
  private var tried: [Int: [String: Int]] = [:]
  private var unacknowledged: [Int: [String: Set<Int>]] = [:]

  mutating func newAttempt() -> Int {
    attempts += 1
    return attempts
  }

  mutating func answered(_ task: TaskValue, _ failure: WriteFailure?, _ store: ModelStore) {
    answers[task.attempt] = .some(failure)
    guard failure == nil else { return }
    if !store.stored.contains(task.attempt) { violate("\(task.text) was acknowledged and is not stored") }
    if !publishedAttempts.contains(task.attempt) { violate("\(task.text) was acknowledged and is not published") }
  }

  mutating func publishing(_ events: [OutgoingEvent], by replica: Int) {
    for event in events where event.partition != Self.presentState {
      guard let task = TaskValue(event.body) else { continue }
      if let last = tried[replica]?[task.id], last > task.version {
        violate("\(task.text) is published after version \(last) by the same replica")
      }
      if unacknowledged[replica]?[task.id]?.contains(where: { $0 < task.version }) == true {
        violate("\(task.text) is published while a lower version is not acknowledged")
      }
      tried[replica, default: [:]][task.id] = task.version
      unacknowledged[replica, default: [:]][task.id, default: []].insert(task.version)
    }
  }

  mutating func acknowledged(_ event: OutgoingEvent, to replica: Int) {
    guard event.partition != Self.presentState, let task = TaskValue(event.body) else { return }
    unacknowledged[replica]?[task.id]?.remove(task.version)
  }

  mutating func published(_ events: [OutgoingEvent]) {
    for task in events.compactMap({ TaskValue($0.body) }) {
      published[task.id] = max(published[task.id] ?? 0, task.version)
      publishedAttempts.insert(task.attempt)
    }
  }

  /// At any time: a task whose present version is not published is named by a slot, or nobody would find it.
  mutating func check(_ store: ModelStore) {
    for task in store.tasks.values where published[task.id] ?? 0 < task.version {
      if !store.slots.values.contains(where: { $0.contains(task.id) }) {
        violate("\(task.text) is stored, not published, and named by no slot")
      }
    }
    checkRefused(store)
  }

  /// What was refused is not there and never comes to be.
  private mutating func checkRefused(_ store: ModelStore) {
    for (attempt, failure) in answers where store.stored.contains(attempt) {
      if let failure, failure != .inDoubt { violate("attempt \(attempt) was answered \(failure), and is stored") }
    }
  }

  /// When nothing goes on any more.
  mutating func checkSettled(_ store: ModelStore) {
    check(store)
    for task in store.tasks.values where published[task.id] ?? 0 < task.version {
      violate("\(task.text) is stored and was never published")
    }
    for attempt in publishedAttempts where !store.stored.contains(attempt) {
      violate("the event of attempt \(attempt) was published, and it is not stored")
    }
  }

  mutating func violate(_ what: String) { violations.append(what) }
}

extension TaskValue {
  fileprivate var text: String { "version \(version) of \(id) (attempt \(attempt))" }
}
