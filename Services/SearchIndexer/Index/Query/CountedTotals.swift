/// Totals by the statement that counted them, each good for as long as its owner changes nothing. To give a list's total all
/// of its tasks are counted, however short its page: the pages of one walk, and who asks again, need not do that anew.
struct CountedTotals {
  private static let limit = 4_096
  /// Octets of a statement: longer ones are counted each time, so that what is kept stays small.
  private static let sizeLimit = 2_048

  private struct Counted {
    /// The owner's ``OwnerTable/Owner/changes`` then.
    let changes: Int64
    let total: Int64
  }

  private var totals: [SQL: Counted] = [:]

  /// The total of a statement that counts tasks of one owner, from here or by `count`.
  mutating func total(of statement: SQL, changes: Int64, count: (SQL) throws -> Int64) rethrows -> Int64 {
    if let known = totals[statement], known.changes == changes { return known.total }
    let total = try count(statement)
    guard statement.size <= Self.sizeLimit else { return total }
    if totals.count >= Self.limit { totals.removeAll(keepingCapacity: true) }
    totals[statement] = Counted(changes: changes, total: total)
    return total
  }
}
