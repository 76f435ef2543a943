import SQLite

/// The broker's log: topics, records, producers' sequences and consumer groups' offsets, in one SQLite file on a thread.
///
/// Writes that arrive while a transaction is on its way to the disk share the next one, so many writers cost one `fsync`.
actor BrokerLog {
  nonisolated let thread: SQLiteThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  /// Stays as long as the file.
  nonisolated let clusterID: String

  let store: LogStore
  private var pending: [any PendingWrite] = []
  private var waiters: [ObjectIdentifier: Waiter] = [:]

  private struct Waiter {
    let signal: AppendSignal
    let partitions: Set<Int64>
  }

  /// Opens or makes the file at `path`. Blocks while it does: call it before loops serve.
  init(path: String) throws {
    thread = SQLiteThread(name: "broker-log")
    store = try LogStore(path: path)
    clusterID = store.clusterID
  }

  /// Performs `body` in the next transaction and answers when that is on disk.
  func write<Value: Sendable>(_ body: @escaping (LogStore) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      pending.append(AnsweredWrite(continuation, body))
      // The commit stands behind every call that the thread already has: those join it.
      if pending.count == 1 { Task { commit() } }
    }
  }

  private func commit() {
    let writes = pending
    pending = []
    do {
      let appended = try store.connection.transaction {
        for write in writes { try write.perform(on: store) }
        return try store.finishAppends()
      }
      for write in writes { write.finish(failure: nil) }
      wake(appended)
    } catch {
      let failure = undo(after: error)
      for write in writes { write.finish(failure: failure) }
    }
  }

  /// Puts memory back to what the disk has.
  private func undo(after error: any Error) -> BrokerError {
    do {
      try store.reload()
      return .storage("\(error)")
    } catch let second {
      return .storage("\(error); and then: \(second)")
    }
  }

  private func wake(_ appended: [Int64]) {
    guard !appended.isEmpty else { return }
    for (id, waiter) in waiters where appended.contains(where: waiter.partitions.contains) {
      waiters[id] = nil
      waiter.signal.fire()
    }
  }

  /// Fires `signal` at the next append to one of these partitions.
  func watch(_ partitions: Set<Int64>, _ signal: AppendSignal) {
    waiters[ObjectIdentifier(signal)] = Waiter(signal: signal, partitions: partitions)
  }

  func forget(_ signal: AppendSignal) { waiters[ObjectIdentifier(signal)] = nil }

  /// Drops what is older than its topic keeps it, as of `now` (milliseconds since 1970, UTC), in steps between which others write.
  func expire(now: Int64) async throws {
    while try await write({ try $0.expire(now: now) }) {}
  }
}
