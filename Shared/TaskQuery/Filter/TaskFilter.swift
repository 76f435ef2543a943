/// What `filter` asks for, with two truth values: a comparison with a missing value is false, `!=` with one is true,
/// and ``not(_:)`` is the complement.
public indirect enum TaskFilter: Sendable, Equatable {
  /// Every part holds.
  case all([TaskFilter])
  /// At least one part holds; `x in (a, b)` is `x = a or x = b`.
  case any([TaskFilter])
  case not(TaskFilter)
  case compare(FilterColumn, FilterComparison, FilterValue)
  case has(FilterPresence)
  /// The task lies in the trash.
  case deleted

  /// Whether it says anything about the trash. If not, what lies there is left out.
  public var mentionsDeleted: Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.contains(where: \.mentionsDeleted)
    case .not(let part): part.mentionsDeleted
    case .deleted: true
    case .compare, .has: false
    }
  }
}

/// A column of a task. Texts (`list`, `tag`, `title`, `notes`) compare by their case folding, ids octet by octet.
public enum FilterColumn: String, Sendable, CaseIterable {
  case status, priority, list, tag, title, notes, parent, series, due, dueAt, createdAt, updatedAt, completedAt
}

public enum FilterComparison: String, Sendable, CaseIterable {
  case equal = "="
  /// The complement of ``equal``; for a task with several tags: none of them is the value.
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

public enum FilterValue: Sendable, Equatable {
  /// As it was written; fold it before comparing.
  case text(String)
  /// A task's or series' id in lowercase.
  case id(String)
  /// `status`: 0 open, 1 done. `priority`: 0 low, 1 medium, 2 high.
  case rank(Int)
  case time(TimeExpression)
}

/// What a task may have or lack.
public enum FilterPresence: String, Sendable, CaseIterable {
  case due, reminder, recurrence, tag, notes, parent, priority
}
