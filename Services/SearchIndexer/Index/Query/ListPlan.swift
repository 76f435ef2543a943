import SQLite
import TaskQuery

/// From where a list's rows are read, always by something that an owner's tasks lie together in.
struct ListPlan {
  let owner: Int64
  /// Live tasks, the trash, or (nil) both.
  let isLive: Bool?
  let filter: TaskFilter?
  let match: MatchExpression?
  /// The tag that every task of the list has, when few enough have it for starting there.
  let rareTag: Int64?
  let conditions: [SQL]

  init(owner: Int64, query: ListQuery, clock: QueryClock, rareTag: Int64?) {
    self.owner = owner
    filter = query.filter
    isLive = ListPlan.trash(of: query.filter)
    let scopes = [true, false].filter { [isLive] in isLive == nil || isLive == $0 }
      .map { SearchScope(owner: owner, isLive: $0) }
    match = query.text.map { MatchExpression(query: $0, scopes: scopes) }
    self.rareTag = match?.matches == nil ? rareTag : nil
    var conditions: [SQL] = []
    if let filter { conditions.append(FilterSQL(owner: owner, clock: clock).condition(filter)) }
    if let match, match.matches == nil, let excluded = match.excluded {
      conditions.append(SQL("t.row NOT IN (SELECT rowid FROM word WHERE word MATCH ?)", .text(excluded)))
    }
    self.conditions = conditions
  }

  /// What a filter says of the trash: left out when it does not speak of it.
  private static func trash(of filter: TaskFilter?) -> Bool? {
    guard let filter, filter.mentionsDeleted else { return true }
    for part in filter.conjuncts {
      if part == .deleted { return false }
      if part == .not(.deleted) { return true }
    }
    return nil
  }

  /// `FROM … WHERE …` for counting.
  var counting: SQL { source(index: nil, match: match?.matches, further: []) }

  /// Whether the search table alone can count.
  var countsByWordsAlone: Bool { match?.matches != nil && conditions.isEmpty }

  /// `FROM … WHERE …` for reading in an order whose first term is `first`.
  func reading(orderedBy first: SortTerm, further: [SQL]) -> SQL {
    source(index: index(for: first), match: match?.matches, further: further)
  }

  /// `FROM … WHERE …` for reading what matches `q` in the title, or what matches it but not there.
  func readingMatches(inTitle: Bool, further: [SQL]) -> SQL {
    source(index: nil, match: inTitle ? match?.titleMatches : match?.otherMatches, further: further)
  }

  private func index(for term: SortTerm) -> String? {
    guard isLive != nil else { return nil }
    switch term.expression.text {
    case "t.due", "(t.due IS NULL)": return statusConjunct ? "task_status" : "task_due"
    case "t.title": return "task_title"
    case "t.created": return "task_created"
    case "t.updated": return "task_updated"
    default: return nil
    }
  }

  private var statusConjunct: Bool {
    filter?.conjuncts.contains { part in
      if case .compare(.status, .equal, _) = part { true } else { false }
    } ?? false
  }

  private func source(index: String?, match: String?, further: [SQL]) -> SQL {
    let isLive = self.isLive.map { SQL("t.live = \($0 ? 1 : 0)") }
    if let match {
      // The scope of the words says already whether a task is live.
      return "FROM word CROSS JOIN task t ON t.row = word.rowid"
        + SQL.all([SQL("word MATCH ?", .text(match))] + conditions + further)
    }
    let common = (isLive.map { [$0] } ?? []) + conditions + further
    if let rareTag {
      return "FROM labelling g CROSS JOIN task t ON t.row = g.task"
        + SQL.all([SQL("g.label = ?", .int(rareTag))] + common)
    }
    if let index {
      return SQL("FROM task t INDEXED BY \(index)") + SQL.all([SQL("t.owner = ?", .int(owner))] + common)
    }
    // An owner's rows lie side by side.
    let first = (owner + 1) << 32
    return "FROM task t NOT INDEXED"
      + SQL.all([SQL("t.row BETWEEN ? AND ?", .int(first), .int(first | 0xFFFF_FFFF))] + common)
  }
}

extension TaskFilter {
  /// The parts that must all hold.
  var conjuncts: [TaskFilter] {
    if case .all(let parts) = self { parts.flatMap(\.conjuncts) } else { [self] }
  }
}
