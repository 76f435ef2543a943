import SQLite
import TaskQuery

/// Reads the rows of a page in their order.
///
/// When the first term is a flag (no due date, no match in the title), the list is two lists, one after the other: each
/// then runs along an index, and the second is read only when the first does not fill the page.
struct ListWalk {
  struct Found {
    let row: Int64
    /// The value of each term of the order.
    let place: [SQLiteValue]
  }

  private let plan: ListPlan
  private let terms: [SortTerm]
  private let limit: Int
  private let connection: Connection

  init(plan: ListPlan, sort: [SortKey], limit: Int, connection: Connection) {
    self.plan = plan
    let titleMatch = plan.match?.matches == nil ? nil : plan.match?.titleMatches
    terms = SortTerm.terms(of: sort, titleMatch: titleMatch)
    self.limit = limit
    self.connection = connection
  }

  /// - Parameter place: the values at the end of the page before.
  func rows(after place: [SQLiteValue]?) throws -> [Found] {
    if let place, place.count != terms.count {
      throw QueryError(parameter: "cursor", detail: "This cursor belongs to another order.")
    }
    guard let first = terms.first, first.kind == .flag || first.kind == .titleMiss else {
      return try rows(after: place, flag: nil, limit)
    }
    let flags: [Int64] = first.isDescending ? [1, 0] : [0, 1]
    var found: [Found] = []
    for flag in flags.drop(while: { flag in place.map { $0[0] != .int(flag) } ?? false }) {
      // Only the part in which the last page ended is entered in the middle.
      let isEntered = place?[0] == .int(flag)
      found += try rows(after: isEntered ? place : nil, flag: flag, limit - found.count)
      if found.count >= limit { break }
    }
    return found
  }

  private func rows(after place: [SQLiteValue]?, flag: Int64?, _ limit: Int) throws -> [Found] {
    // The values that all rows of this part share.
    var shared: [SQLiteValue] = flag.map { [.int($0)] } ?? []
    if flag == 1, terms[0].kind == .flag, terms[1].kind == .valueAfterFlag { shared.append(.null) }
    let ordered = terms[shared.count...]
    let further = place.map { [SortTerm.after(Array($0[shared.count...]), ordered)] } ?? []
    let statement =
      "SELECT t.row, " + SQL.join(ordered.map(\.expression), ", ") + " " + source(flag, ordered, further)
      + " ORDER BY " + SQL.join(ordered.map(\.ordering), ", ") + SQL(" LIMIT ?", .int(limit))
    var found: [Found] = []
    try connection.query(statement.text, statement.values) { row in
      let values = ordered.indices.map { row.value(Int32(1 + $0 - ordered.startIndex)) }
      found.append(Found(row: row.int(0), place: shared + values))
    }
    return found
  }

  private func source(_ flag: Int64?, _ ordered: ArraySlice<SortTerm>, _ further: [SQL]) -> SQL {
    guard let flag else { return plan.reading(orderedBy: terms[0], further: further) }
    if terms[0].kind == .titleMiss { return plan.readingMatches(inTitle: flag == 0, further: further) }
    let condition = flag == 1 ? terms[0].expression : terms[0].unset
    return plan.reading(orderedBy: flag == 1 ? terms[0] : ordered.first ?? terms[0], further: [condition] + further)
  }
}
