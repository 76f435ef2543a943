import SQLite

/// Owners' numbers, next row numbers and counts; changes are kept here until ``flush()``.
struct OwnerTable {
  struct Owner {
    let number: Int64
    var next: Int64
    var counts: Counts
    /// Rises with each transaction that touches a task of the owner.
    let changes: Int64
    fileprivate var isChanged = false

    /// Takes the next row number.
    mutating func takeRow() -> Int64 {
      next += 1
      isChanged = true
      return (number + 1) << 32 | (next - 1)
    }

    mutating func count(_ state: TaskState, _ change: Int64) {
      counts.add(state, change)
      isChanged = true
    }
  }

  private let connection: Connection
  private var owners: [String: Owner] = [:]
  private static let cacheLimit = 20_000

  init(_ connection: Connection) { self.connection = connection }

  static func find(_ name: String, in connection: Connection) throws -> Owner? {
    try connection.first("SELECT number, next, open, done, trashed, changes FROM owner WHERE name = ?", .text(name)) {
      row in
      Owner(
        number: row.int(0), next: row.int(1),
        counts: Counts(open: row.int(2), done: row.int(3), trashed: row.int(4)), changes: row.int(5))
    }
  }

  /// The owner, with a number from now on if there was none.
  mutating func owner(_ name: String) throws -> Owner {
    if let owner = owners[name] { return owner }
    let owner = try Self.find(name, in: connection) ?? (try add(name))
    owners[name] = owner
    return owner
  }

  mutating func update<Value>(_ name: String, _ change: (inout Owner) -> Value) throws -> Value {
    _ = try owner(name)
    var owner = owners[name] ?? Owner(number: 0, next: 0, counts: Counts(), changes: 0)
    let value = change(&owner)
    owners[name] = owner
    return value
  }

  private func add(_ name: String) throws -> Owner {
    try connection.run(
      "INSERT INTO owner (name, next, open, done, trashed, changes) VALUES (?, 0, 0, 0, 0, 0)", .text(name))
    let number = connection.lastInsertedRowID
    guard number < SearchScope.maximumOwners else {
      throw IndexError.tooManyOwners(limit: SearchScope.maximumOwners - 1)
    }
    return Owner(number: number, next: 0, counts: Counts(), changes: 0)
  }

  mutating func flush() throws {
    for (name, owner) in owners where owner.isChanged {
      try connection.run(
        "UPDATE owner SET next = ?, open = ?, done = ?, trashed = ?, changes = changes + 1 WHERE number = ?",
        .int(owner.next), .int(owner.counts.open), .int(owner.counts.done), .int(owner.counts.trashed),
        .int(owner.number))
      owners[name]?.isChanged = false
    }
    if owners.count > Self.cacheLimit { forget() }
  }

  /// Drops what was not flushed, after a transaction that was rolled back.
  mutating func forget() { owners.removeAll(keepingCapacity: true) }
}
