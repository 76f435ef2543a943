import DaprClient
import Synchronization
import Tokens

/// Tries on scratch keys whether the state store undoes all of a transaction that fails. Behind Dapr Redis does not: what
/// could be done of it stays, so that a write which was answered as failed comes to stand (protocols.md §1).
final class StoreProbe: Sendable {
  private enum Finding: Equatable {
    case sound
    /// It must not be used.
    case unsound(String)
    /// It did not answer in a way that tells; to be tried again.
    case unknown(String)
  }

  private static let seconds = 60

  private let store: any JournalStore
  private let settings: JournalSettings
  private let time: MonotonicTime
  private let finding = Mutex(Finding.unknown("its transactions have not been tried yet"))

  init(store: any JournalStore, settings: JournalSettings = JournalSettings(), time: MonotonicTime = .system) {
    self.store = store
    self.settings = settings
    self.time = time
  }

  /// Why nothing may be written, in words for an operator; nil once the store has shown itself sound.
  var fault: String? {
    switch finding.withLock({ $0 }) {
    case .sound: nil
    case .unsound(let reason): "it cannot be used: \(reason)"
    case .unknown(let reason): reason
    }
  }

  /// Tries until the store has shown which kind it is.
  /// - Returns: whether it may be used; false when cancelled before that is known.
  func passes() async -> Bool {
    var attempt = 0
    while true {
      let found = await attemptOnce()
      finding.withLock { $0 = found }
      switch found {
      case .sound: return true
      case .unsound: return false
      case .unknown:
        attempt += 1
        do { try await time.sleep(settings.backoff(attempt)) } catch { return false }
      }
    }
  }

  /// One transaction over new keys, the middle one of which has an ETag that was overwritten.
  private func attemptOnce() async -> Finding {
    let prefix = "probe/\(UUID.random())"
    let before = "\(prefix)/a"
    let guarded = "\(prefix)/b"
    let after = "\(prefix)/c"
    func write(_ key: String, _ value: String, if precondition: StateOperation.Precondition = .none) -> StateOperation {
      .upsert(key, Array(value.utf8), if: precondition, timeToLive: Self.seconds)
    }
    do throws(DaprError) {
      try await store.save(write(guarded, "1"))
      guard let first = try await store.get(guarded) else { return .unknown("it does not show what it stored") }
      try await store.save(write(guarded, "2"))
      let outcome = await store.transaction([
        write(before, "3"), write(guarded, "3", if: .matches(first.etag)), write(after, "3"),
      ])
      let found = try await store.get(all: [before, guarded, after])
      if let entry = found[guarded], String(decoding: entry.value, as: UTF8.self) == "3" {
        return .unsound("it writes in spite of an ETag that does not match")
      }
      if found[before] != nil || found[after] != nil {
        return .unsound("it keeps the rest of a transaction that fails, as Redis does")
      }
      return Self.reading(outcome)
    } catch {
      return .unknown(error.description)
    }
  }

  /// That nothing was stored shows something only if the store has tried.
  private static func reading(_ outcome: TransactionOutcome) -> Finding {
    switch outcome {
    case .inDoubt(let error) where error.kind == .etagMismatch: .sound
    case .inDoubt(let error), .refused(let error), .notSent(let error):
      .unknown("a transaction was tried and ended otherwise than expected: \(error)")
    case .committed: .unknown("a transaction was committed and is not there")
    }
  }
}
