import Recurrence
import TaskQuery

@testable import SearchIndexer

/// What a list has to be, worked out over plain arrays, task by task.
struct BruteForce {
  let clock: QueryClock

  func list(_ tasks: [IndexedTask], _ query: ListQuery) -> [IndexedTask] {
    tasks.filter { task in
      (query.filter?.mentionsDeleted ?? false || task.deletedAt == nil)
        && query.filter.map { holds($0, task) } ?? true && query.text.map { matches($0, task) } ?? true
    }.sorted { isBefore($0, $1, query) }
  }

  private func holds(_ filter: TaskFilter, _ task: IndexedTask) -> Bool {
    switch filter {
    case .all(let parts): parts.allSatisfy { holds($0, task) }
    case .any(let parts): parts.contains { holds($0, task) }
    case .not(let part): !holds(part, task)
    case .deleted: task.deletedAt != nil
    case .has(.due): task.due != nil
    case .has(.reminder): task.hasReminder
    case .has(.recurrence): task.hasRecurrence
    case .has(.tag): !task.tags.isEmpty
    case .has(.notes): !task.notes.isEmpty
    case .has(.parent): task.parent != nil
    case .has(.priority): task.priority != nil
    case .compare(let column, .notEqual, let value): !holds(.compare(column, .equal, value), task)
    case .compare(let column, let comparison, let value): compares(column, comparison, value, task)
    }
  }

  private func compares(_ column: FilterColumn, _ sign: FilterComparison, _ value: FilterValue, _ task: IndexedTask)
    -> Bool
  {
    switch (column, value) {
    case (.status, .rank(let rank)): ordered(task.status.rawValue, sign, rank)
    case (_, .rank(let rank)): task.priority.map { ordered($0.rawValue, sign, rank) } ?? false
    case (.tag, .text(let text)): task.tags.contains { ordered(folded($0), sign, folded(text)) }
    case (.list, .text(let text)): ordered(folded(task.list), sign, folded(text))
    case (.notes, .text(let text)): !task.notes.isEmpty && ordered(folded(task.notes), sign, folded(text))
    case (_, .text(let text)): ordered(folded(task.title), sign, folded(text))
    case (.parent, .id(let id)): task.parent.map { ordered($0.description, sign, id) } ?? false
    case (_, .id(let id)): task.series.map { ordered($0.description, sign, id) } ?? false
    case (.due, .time(let time)):
      task.due.map { inRange($0.secondsSinceEpoch, sign, clock.wallSeconds(of: time)) } ?? false
    case (_, .time(let time)):
      instant(column, task).map { inRange($0.microseconds, sign, clock.microseconds(of: time)) } ?? false
    }
  }

  private func instant(_ column: FilterColumn, _ task: IndexedTask) -> Instant? {
    switch column {
    case .createdAt: task.createdAt
    case .updatedAt: task.updatedAt
    case .completedAt: task.completedAt
    default: task.dueAt
    }
  }

  private func folded(_ text: String) -> [UInt32] { caseFolded(text).unicodeScalars.map(\.value) }

  private func ordered<Value: Comparable>(_ a: Value, _ sign: FilterComparison, _ b: Value) -> Bool {
    switch sign {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  private func ordered(_ a: [UInt32], _ sign: FilterComparison, _ b: [UInt32]) -> Bool {
    let order = a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    return ordered(order, sign, 0)
  }

  private func inRange(_ value: Int, _ sign: FilterComparison, _ range: Range<Int>) -> Bool {
    ordered(value < range.lowerBound ? -1 : range.contains(value) ? 0 : 1, sign, 0)
  }

  private func matches(_ query: TextQuery, _ task: IndexedTask) -> Bool {
    query.terms.allSatisfy { term in texts(task, term.field).contains { stands(term, in: $0) } != term.isNegated }
  }

  private func isInTitle(_ query: TextQuery, _ task: IndexedTask) -> Bool {
    query.terms.allSatisfy { $0.isNegated || $0.field != nil || stands($0, in: Words.words(of: task.title)) }
  }

  private func texts(_ task: IndexedTask, _ field: TextQuery.Field?) -> [[String]] {
    switch field {
    case .title: [Words.words(of: task.title)]
    case .notes: [Words.words(of: task.notes)]
    case .tag: task.tags.map(Words.words)
    case nil: TextQuery.Field.allCases.flatMap { texts(task, $0) }
    }
  }

  private func stands(_ term: TextQuery.Term, in words: [String]) -> Bool {
    let scalars = { (text: String) in Array(text.unicodeScalars) }
    let wanted = term.words.map(scalars)
    return words.indices.contains { start in
      guard start + wanted.count <= words.count else { return false }
      let found = words[start..<start + wanted.count].map(scalars)
      guard term.kind == .prefix, let last = wanted.last, let foundLast = found.last else { return found == wanted }
      return found.dropLast() == wanted.dropLast() && foundLast.starts(with: last)
    }
  }

  private func isBefore(_ a: IndexedTask, _ b: IndexedTask, _ query: ListQuery) -> Bool {
    for key in query.sort {
      let order = order(a, b, key, query.text)
      if order != 0 { return order < 0 }
    }
    return a.id.description < b.id.description
  }

  private func order(_ a: IndexedTask, _ b: IndexedTask, _ key: SortKey, _ text: TextQuery?) -> Int {
    func compare<Value: Comparable>(_ a: Value?, _ b: Value?) -> Int {
      guard let a, let b else { return (a == nil ? 1 : 0) - (b == nil ? 1 : 0) }
      return (a == b ? 0 : a < b ? -1 : 1) * (key.isDescending ? -1 : 1)
    }
    func compareText(_ a: String, _ b: String) -> Int {
      let (a, b) = (folded(a), folded(b))
      return compare(0, a == b ? 0 : a.lexicographicallyPrecedes(b) ? 1 : -1)
    }
    switch key.field {
    case .due: return compare(a.due?.secondsSinceEpoch, b.due?.secondsSinceEpoch)
    case .dueAt: return compare(a.dueAt, b.dueAt)
    case .priority: return compare(a.priority?.rawValue, b.priority?.rawValue)
    case .title: return compareText(a.title, b.title)
    case .list: return compareText(a.list, b.list)
    case .status: return compare(a.status.rawValue, b.status.rawValue)
    case .createdAt: return compare(a.createdAt, b.createdAt)
    case .updatedAt: return compare(a.updatedAt, b.updatedAt)
    case .completedAt: return compare(a.completedAt, b.completedAt)
    case .relevance:
      let isSearch = text?.terms.contains { !$0.isNegated } ?? false
      if let text, isSearch {
        let order = compare(isInTitle(text, a) ? 0 : 1, isInTitle(text, b) ? 0 : 1)
        if order != 0 { return order }
      }
      return compare(b.createdAt, a.createdAt)
    }
  }
}
