import SQLite
import TaskQuery

/// A term to order by. Values that can be missing have two: whether they are, and what they are.
struct SortTerm {
  enum Kind {
    /// 0 or 1.
    case flag
    /// 0 or 1: whether a match of `q` is not in the title.
    case titleMiss
    /// Never null.
    case value
    /// Null exactly when the term before it is 1.
    case valueAfterFlag
  }

  let kind: Kind
  let expression: SQL
  let isDescending: Bool
  /// For a flag: the condition that it is 0, in a form that an index can use.
  var unset = SQL("1")

  var ordering: SQL { expression + (isDescending ? " DESC" : "") }

  /// The terms of `sort`, the id last. `titleMatch` is the search for those that rank first.
  static func terms(of sort: [SortKey], titleMatch: String?) -> [SortTerm] {
    sort.flatMap { terms(of: $0, titleMatch: titleMatch) } + [
      SortTerm(kind: .value, expression: SQL("t.id"), isDescending: false)
    ]
  }

  private static func terms(of key: SortKey, titleMatch: String?) -> [SortTerm] {
    func value(_ column: String) -> [SortTerm] {
      [SortTerm(kind: .value, expression: SQL("t.\(column)"), isDescending: key.isDescending)]
    }
    func nullable(_ column: String) -> [SortTerm] {
      [
        SortTerm(
          kind: .flag, expression: SQL("(t.\(column) IS NULL)"), isDescending: false,
          unset: SQL("t.\(column) IS NOT NULL")),
        SortTerm(kind: .valueAfterFlag, expression: SQL("t.\(column)"), isDescending: key.isDescending),
      ]
    }
    switch key.field {
    case .due: return nullable("due")
    case .dueAt: return nullable("due_at")
    case .completedAt: return nullable("completed")
    case .title: return value("title")
    case .list: return value("list")
    case .status: return value("status")
    case .createdAt: return value("created")
    case .updatedAt: return value("updated")
    case .priority:
      // The column counts down, and none comes last in it.
      if key.isDescending { return [SortTerm(kind: .value, expression: SQL("t.priority"), isDescending: false)] }
      return [
        SortTerm(
          kind: .flag, expression: SQL("(t.priority = \(IndexedTask.noPriority))"), isDescending: false,
          unset: SQL("t.priority <> \(IndexedTask.noPriority)")),
        SortTerm(kind: .value, expression: SQL("t.priority"), isDescending: true),
      ]
    case .relevance:
      // Matches in the title first, then the newest.
      let newest = SortTerm(kind: .value, expression: SQL("t.created"), isDescending: !key.isDescending)
      guard let titleMatch else { return [newest] }
      let miss = SQL("(t.row NOT IN (SELECT rowid FROM word WHERE word MATCH ?))", .utf8(Array(titleMatch.utf8)))
      return [SortTerm(kind: .titleMiss, expression: miss, isDescending: key.isDescending), newest]
    }
  }

  /// The condition that holds for what comes after a place, given by the value of each term there.
  static func after(_ values: [SQLiteValue], _ terms: ArraySlice<SortTerm>) -> SQL {
    // What is null at that place is null in all that share the term before.
    let pairs = zip(terms, values).filter { $0.1 != .null }
    guard let first = pairs.first else { return SQL("0") }
    let nested = pairs.dropFirst().reversed()
    func sign(_ term: SortTerm) -> String { term.isDescending ? "<" : ">" }
    var condition: SQL?
    for (term, value) in nested {
      let beyond = term.expression + SQL(" \(sign(term)) ?", value)
      if let inner = condition {
        condition = "(" + beyond + " OR (" + term.expression + SQL(" = ?", value) + " AND " + inner + "))"
      } else {
        condition = beyond
      }
    }
    let beyond = first.0.expression + SQL(" \(sign(first.0)) ?", first.1)
    guard let inner = condition else { return beyond }
    // The bound on the first term alone is what an index can use.
    return "(" + first.0.expression + SQL(" \(sign(first.0))= ?", first.1) + " AND (" + beyond + " OR " + inner + "))"
  }
}
