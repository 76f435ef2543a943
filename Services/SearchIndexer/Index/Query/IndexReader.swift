import SQLite
import TaskQuery

/// A page of a list.
struct ListPage: Equatable, Sendable {
  /// The tasks' JSON, ready to send.
  var items: [[UInt8]] = []
  /// Nil at the end.
  var nextCursor: String?
  /// How many tasks the list has on all its pages.
  var total: Int64 = 0
}

/// A tag or list with its counts.
struct NamedCount: Equatable, Sendable {
  let name: String
  let open: Int64
  let done: Int64
}

/// Answers from the index. One thread at a time; many readers run beside the writer.
final class IndexReader {
  let connection: Connection
  private var totals = CountedTotals()

  /// Opens an index that a writer has made.
  init(path: String) throws { connection = try IndexSchema.openReader(path: path) }

  /// A page of an owner's tasks.
  ///
  /// - Parameters:
  ///   - limit: 1…200, checked by the caller.
  ///   - cursor: of the page before; another query's is refused.
  func list(
    owner name: String, _ query: ListQuery, limit: Int, cursor: String? = nil, clock: QueryClock
  ) throws -> ListPage {
    let fingerprint = ListCursor.fingerprint(query, owner: name)
    let place = try cursor.map { try Self.place($0, fingerprint) }
    let clock = place.map { QueryClock(now: $0.now, zone: clock.zone) } ?? clock
    // One state of the index for all the statements.
    return try connection.transaction(.deferred) {
      guard let owner = try OwnerTable.find(name, in: connection) else { return ListPage() }
      let plan = ListPlan(
        owner: owner.number, query: query, clock: clock, rareTag: try rareTag(query.filter, owner))
      var page = ListPage(total: try total(query, plan, owner))
      let walk = ListWalk(plan: plan, sort: query.sort, limit: limit + 1, connection: connection)
      var found = try walk.rows(after: place?.values)
      if found.count > limit {
        found.removeSubrange(limit...)
        page.nextCursor = found.last.map {
          ListCursor(fingerprint: fingerprint, now: clock.now, values: $0.place).text
        }
      }
      page.items = try found.map { try body($0.row) }
      return page
    }
  }

  private static func place(_ cursor: String, _ fingerprint: UInt64) throws -> ListCursor {
    guard let place = ListCursor(cursor) else {
      throw QueryError(parameter: "cursor", detail: "Expected the nextCursor of a page before.")
    }
    guard place.fingerprint == fingerprint else {
      throw QueryError(
        parameter: "cursor", detail: "This cursor belongs to another query: repeat q, filter and sort as they were.")
    }
    return place
  }

  private func body(_ row: Int64) throws -> [UInt8] {
    try connection.first("SELECT json FROM body WHERE row = ?", .int(row)) { $0.bytes(0) } ?? []
  }

  /// A tag that the filter demands and at most an eighth of the owner's tasks have.
  private func rareTag(_ filter: TaskFilter?, _ owner: OwnerTable.Owner) throws -> Int64? {
    for case .compare(.tag, .equal, .text(let name)) in filter?.conjuncts ?? [] {
      let tag = try tag(name, owner.number)
      if let tag, tag.uses * 8 <= owner.counts.live + owner.counts.trashed { return tag.id }
    }
    return nil
  }

  private func tag(_ name: String, _ owner: Int64) throws -> (id: Int64, open: Int64, done: Int64, uses: Int64)? {
    try connection.first(
      "SELECT id, open, done, uses FROM label WHERE owner = ? AND kind = ? AND folded = ? AND exact = ''", .int(owner),
      .int(LabelTable.Kind.tag.rawValue), .text(caseFolded(name))
    ) { ($0.int(0), $0.int(1), $0.int(2), $0.int(3)) }
  }

  private func total(_ query: ListQuery, _ plan: ListPlan, _ owner: OwnerTable.Owner) throws -> Int64 {
    if query.text == nil {
      switch query.filter {
      case nil: return owner.counts.live
      case .deleted: return owner.counts.trashed
      case .compare(.status, .equal, .rank(let rank)): return rank == 0 ? owner.counts.open : owner.counts.done
      case .compare(.tag, .equal, .text(let name)):
        return try tag(name, owner.number).map { $0.open + $0.done } ?? 0
      default: break
      }
    }
    let statement =
      plan.countsByWordsAlone
      ? SQL("SELECT count(*) FROM word WHERE word MATCH ?", .text(plan.match?.matches))
      : "SELECT count(*) " + plan.counting
    return try totals.total(of: statement, changes: owner.changes) { statement in
      try connection.first(statement) { $0.int(0) } ?? 0
    }
  }

  /// The owner's tags with live tasks, in the order of their case-folded names.
  func tags(owner: String) throws -> [NamedCount] { try labels(.tag, owner) }

  /// The owner's lists with live tasks, in the order of their case-folded names.
  func lists(owner: String) throws -> [NamedCount] { try labels(.list, owner) }

  private func labels(_ kind: LabelTable.Kind, _ owner: String) throws -> [NamedCount] {
    try connection.all(
      """
      SELECT name, open, done FROM label
      WHERE owner = (SELECT number FROM owner WHERE name = ?) AND kind = ? AND open + done > 0 ORDER BY folded, exact
      """, .text(owner), .int(kind.rawValue)
    ) { NamedCount(name: $0.text(0), open: $0.int(1), done: $0.int(2)) }
  }

  /// Whether the index has the task at this version or a higher one, or had and it is gone.
  func includes(_ id: IndexedID, version: Int64) throws -> Bool {
    let stored = try connection.first("SELECT version FROM task WHERE id = ?", .blob(id.bytes)) { $0.int(0) }
    return try (stored ?? Purges.version(of: id, in: connection)).map { $0 >= version } ?? false
  }

  /// Whether the index has read this marker, among the last 10,000 of its partition.
  func includes(marker: IndexedID) throws -> Bool { try Markers.contains(marker, in: connection) }
}

extension Connection {
  fileprivate func first<Value>(_ sql: SQL, read: (borrowing Row) throws -> Value) throws -> Value? {
    var found: Value?
    try query(sql.text, sql.values) { if found == nil { found = try read($0) } }
    return found
  }
}
