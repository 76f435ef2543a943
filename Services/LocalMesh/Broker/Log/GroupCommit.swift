import SQLite

/// A write that waits for the next transaction.
protocol PendingWrite {
  /// Inside the transaction. Throws only what must undo all of it.
  func perform(on store: LogStore) throws
  /// Tells the caller, once the transaction is on disk or has failed.
  func finish(failure: BrokerError?)
}

/// A write with its answer. A `BrokerError` that `body` throws before it has written is the answer to this caller alone.
final class AnsweredWrite<Value: Sendable>: PendingWrite {
  private let body: (LogStore) throws -> Value
  private let continuation: CheckedContinuation<Value, any Error>
  private var result: Result<Value, BrokerError>?

  init(_ continuation: CheckedContinuation<Value, any Error>, _ body: @escaping (LogStore) throws -> Value) {
    self.continuation = continuation
    self.body = body
  }

  func perform(on store: LogStore) throws {
    do {
      result = .success(try body(store))
    } catch let error as BrokerError {
      result = .failure(error)
    }
  }

  func finish(failure: BrokerError?) {
    if let failure { return continuation.resume(throwing: failure) }
    switch result {
    case .success(let value): continuation.resume(returning: value)
    case .failure(let error): continuation.resume(throwing: error)
    case nil: continuation.resume(throwing: BrokerError.storage("the write was not performed"))
    }
  }
}
