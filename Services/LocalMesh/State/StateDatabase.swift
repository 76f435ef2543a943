import SQLite
import Tokens

/// Every `state.*` component of the mesh in one SQLite file. What it has acknowledged survives kill −9.
///
/// Requests that arrive while a commit is on its way to the disk share the next one; a savepoint keeps each to itself.
actor StateDatabase {
  private let thread: SQLiteThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private let database: Connection
  private let now: @Sendable () -> Int64
  private var waiting: [Write] = []

  private struct Write {
    let store: String
    let operations: [StateChange]
    let done: CheckedContinuation<Result<Void, StateFault>, Never>
  }

  struct Entry: Sendable {
    let value: [UInt8]
    let etag: String
    /// Seconds since 1970.
    let expiresAt: Int64?
  }

  /// Opens or makes the file. `now` is in seconds since 1970.
  static func open(path: String, now: @escaping @Sendable () -> Int64) async throws -> StateDatabase {
    let thread = SQLiteThread(name: "state")
    return try await make(on: thread, path: path, now: now)
  }

  private static func make(
    on thread: SQLiteThread, path: String, now: @escaping @Sendable () -> Int64
  ) async throws -> StateDatabase {
    let database = try Connection(
      path: path, pragmas: ["journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"])
    // Values of a kilobyte lie better in a table of rows with an index beside it: in an index alone each would overflow into
    // a page of its own.
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS state (
        store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, etag TEXT NOT NULL, expires INTEGER,
        PRIMARY KEY (store, key)
      );
      CREATE INDEX IF NOT EXISTS state_expires ON state (expires) WHERE expires IS NOT NULL;
      """)
    return StateDatabase(thread: thread, database: database, now: now)
  }

  private init(thread: SQLiteThread, database: sending Connection, now: @escaping @Sendable () -> Int64) {
    self.thread = thread
    self.database = database
    self.now = now
  }

  func get(_ store: String, _ keys: [String]) throws -> [String: Entry] {
    var found: [String: Entry] = [:]
    for key in keys {
      found[key] = try database.first(
        "SELECT value, etag, expires FROM state WHERE store = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)",
        .text(store), .text(key), .int(now())
      ) { Entry(value: $0.bytes(0), etag: $0.text(1), expiresAt: $0.optionalInt(2)) }
    }
    return found
  }

  /// Does all of `operations` or none of them.
  func write(_ store: String, _ operations: [StateChange]) async throws(StateFault) {
    let result = await withCheckedContinuation { done in
      waiting.append(Write(store: store, operations: operations, done: done))
      // The commit is a job of its own at the end of this thread's queue: writes that are queued before it share it.
      if waiting.count == 1 { Task { self.commit() } }
    }
    try result.get()
  }

  private func commit() {
    let writes = waiting
    waiting = []
    var results: [Result<Void, StateFault>] = []
    do {
      try database.transaction {
        try database.run("DELETE FROM state WHERE expires <= ?1", .int(now()))
        for write in writes { results.append(try attempt(write)) }
      }
    } catch {
      results = writes.map { _ in .failure(.store("\(error)")) }
    }
    for (write, result) in zip(writes, results) { write.done.resume(returning: result) }
  }

  private func attempt(_ write: Write) throws -> Result<Void, StateFault> {
    try database.run("SAVEPOINT request")
    do {
      for operation in write.operations { try apply(operation, to: write.store) }
      try database.run("RELEASE request")
      return .success(())
    } catch let fault as StateFault {
      try database.run("ROLLBACK TO request")
      try database.run("RELEASE request")
      return .failure(fault)
    }
  }

  private func apply(_ change: StateChange, to store: String) throws {
    let store = SQLiteValue.text(store)
    let key = SQLiteValue.text(change.key)
    guard let value = change.value else {
      if let etag = change.etag {
        let changed = try database.run(
          "DELETE FROM state WHERE store = ?1 AND key = ?2 AND etag = ?3", store, key, .text(etag))
        if changed == 0 { throw StateFault.mismatch(etag) }
      } else {
        try database.run("DELETE FROM state WHERE store = ?1 AND key = ?2", store, key)
      }
      return
    }
    let etag = SQLiteValue.text(UUID.random().description)
    let expires = SQLiteValue.int(change.timeToLive.map { now() + $0 })
    if let old = change.etag {
      let changed = try database.run(
        "UPDATE state SET value = ?3, etag = ?4, expires = ?5 WHERE store = ?1 AND key = ?2 AND etag = ?6", store, key,
        .blob(value), etag, expires, .text(old))
      if changed == 0 { throw StateFault.mismatch(old) }
    } else if change.isFirstWrite {
      let changed = try database.run(
        "INSERT INTO state VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", store, key, .blob(value), etag, expires)
      if changed == 0 { throw StateFault.notInserted }
    } else {
      try database.run(
        "INSERT INTO state VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET value = ?3, etag = ?4, expires = ?5",
        store, key, .blob(value), etag, expires)
    }
  }
}

/// One write to a key.
struct StateChange: Sendable, Equatable {
  var key: String
  /// nil deletes.
  var value: [UInt8]?
  var etag: String?
  var isFirstWrite = false
  /// Seconds.
  var timeToLive: Int64?
}

/// Why a store did not write, in the words of state.postgresql v2, which callers know conflicts by.
enum StateFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// `malformed` for an ETag that no row can have.
  case etagMismatch(malformed: Bool = false, length: Int = 0)
  case notInserted
  case store(String)

  /// PostgreSQL's ETags are UUIDs, and it says so of one that is none.
  static func mismatch(_ etag: String) -> StateFault {
    .etagMismatch(malformed: UUID(etag) == nil, length: etag.utf8.count)
  }

  var isConflict: Bool {
    if case .etagMismatch = self { true } else { false }
  }

  var description: String {
    switch self {
    case .etagMismatch(false, _): "possible etag mismatch. error from state store"
    case .etagMismatch(true, let length):
      "possible etag mismatch. error from state store: invalid UUID length: \(length)"
    case .notInserted: "no item was updated"
    case .store(let text): text
    }
  }
}
