import DaprClient

/// Why the schedule could not be read or written.
enum ScheduleError: Error, Sendable, CustomStringConvertible {
  /// A shard's record is not what we write there, so that nobody knows what has been fired.
  case unreadable(key: String)
  /// The state store failed, or may have.
  case store(DaprError)
  /// Others kept writing the same keys.
  case conflicts(attempts: Int)

  var description: String {
    switch self {
    case .unreadable(let key): "the value of \(key) is not what the notifier writes there"
    case .store(let error): "the state store: \(error)"
    case .conflicts(let attempts): "another writer came first \(attempts) times"
    }
  }
}
