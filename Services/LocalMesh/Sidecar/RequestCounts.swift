import Synchronization

/// What an app has asked of its sidecar, by kind, without probes and metadata.
final class RequestCounts: Sendable {
  enum Kind: String, CaseIterable {
    case reads, saves, transactions, publishes, invocations, others

    /// - Parameter path: on the sidecar's HTTP API.
    init(isGet: Bool, path: some StringProtocol) {
      if path.hasPrefix("/v1.0/state/") {
        self = isGet || path.hasSuffix("/bulk") ? .reads : path.hasSuffix("/transaction") ? .transactions : .saves
      } else if path.hasPrefix("/v1.0/publish/") || path.hasPrefix("/v1.0-alpha1/publish/") {
        self = .publishes
      } else {
        self = path.hasPrefix("/v1.0/invoke/") ? .invocations : .others
      }
    }
  }

  private let counts = Mutex<[Kind: Int]>([:])

  func count(_ kind: Kind) { counts.withLock { $0[kind, default: 0] += 1 } }

  /// Name and number of each kind, as `GET /v1.0/metadata` says them.
  var metadata: [(String, String)] {
    let counts = counts.withLock { $0 }
    return [("localmesh.requests", String(counts.values.reduce(0, +)))]
      + Kind.allCases.map { ("localmesh.requests.\($0.rawValue)", String(counts[$0] ?? 0)) }
  }
}
