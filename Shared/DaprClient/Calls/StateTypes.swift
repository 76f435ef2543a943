/// The version of a value in a state store: opaque, sent and compared as it came.
public struct ETag: Sendable, Hashable {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// A value as a state store gave it.
public struct StateEntry: Sendable, Equatable {
  /// JSON text. daprd stores it parsed and written anew: compare what it means, never its octets.
  public var value: [UInt8]
  public var etag: ETag

  public init(value: [UInt8], etag: ETag) {
    self.value = value
    self.etag = etag
  }
}

/// One write: alone, or within a transaction.
public struct StateOperation: Sendable, Equatable {
  public enum Action: Sendable, Equatable {
    /// Stores a value, JSON text.
    case upsert([UInt8])
    case delete
  }

  /// What must hold of the key for the write to take place.
  public enum Precondition: Sendable, Equatable {
    /// Nothing: the last write wins.
    case none
    /// The value still has this ETag.
    case matches(ETag)
    /// The key is not there yet (`first-write` without an ETag). Meaningless for a delete.
    case absent
  }

  public var key: String
  public var action: Action
  public var precondition: Precondition
  /// Seconds until the value goes by itself; nil keeps it, and takes away a time to live that it had.
  public var timeToLive: Int?

  public static func upsert(
    _ key: String, _ value: [UInt8], if precondition: Precondition = .none, timeToLive: Int? = nil
  ) -> StateOperation {
    StateOperation(key: key, action: .upsert(value), precondition: precondition, timeToLive: timeToLive)
  }

  public static func delete(_ key: String, if precondition: Precondition = .none) -> StateOperation {
    StateOperation(key: key, action: .delete, precondition: precondition, timeToLive: nil)
  }

  /// About how many octets it takes in a request.
  public var octets: Int {
    switch action {
    case .upsert(let value): key.utf8.count + value.count + 160
    case .delete: key.utf8.count + 160
    }
  }
}

/// How a transaction ended. Only 204 means committed and only 400 means refused: daprd may run a transaction later that it
/// has not answered yet, and may run one twice, so that even an answered ETag mismatch may stand for one that committed.
public enum TransactionOutcome: Sendable, Equatable {
  /// It stands, wholly (204).
  case committed
  /// It did not and will not take place: the request is wrong (400).
  case refused(DaprError)
  /// It did not and will not take place: it never left this process.
  case notSent(DaprError)
  /// It may stand or come to stand, whatever the error says.
  case inDoubt(DaprError)
}
