import SQLite
import TaskQuery

/// Writes a filter as a condition on `task t` that is 1 or 0, never null: so `NOT` is the complement.
struct FilterSQL {
  let owner: Int64
  let clock: QueryClock

  func condition(_ filter: TaskFilter) -> SQL {
    switch filter {
    case .all(let parts): "(" + SQL.join(parts.map(condition), " AND ") + ")"
    case .any(let parts): "(" + SQL.join(parts.map(condition), " OR ") + ")"
    case .not(let part): "NOT (" + condition(part) + ")"
    case .deleted: SQL("t.live = 0")
    case .has(let presence): has(presence)
    case .compare(let column, let comparison, let value): compare(column, comparison, value)
    }
  }

  private func has(_ presence: FilterPresence) -> SQL {
    func flag(_ flag: Int64) -> SQL { SQL("t.flags & \(flag) <> 0") }
    switch presence {
    case .due: return SQL("t.due IS NOT NULL")
    case .parent: return SQL("t.parent IS NOT NULL")
    case .priority: return SQL("t.priority <> \(IndexedTask.noPriority)")
    case .reminder: return flag(IndexedTask.Flag.reminder)
    case .recurrence: return flag(IndexedTask.Flag.recurrence)
    case .tag: return flag(IndexedTask.Flag.tag)
    case .notes: return flag(IndexedTask.Flag.notes)
    }
  }

  private func compare(_ column: FilterColumn, _ comparison: FilterComparison, _ value: FilterValue) -> SQL {
    switch (column, value) {
    case (.priority, .rank(let rank)): priority(comparison, Int64(2 - rank))
    case (_, .rank(let rank)): SQL("t.status \(comparison.sign) ?", .int(rank))
    case (.tag, .text(let text)): tag(comparison, caseFolded(text))
    case (.notes, .text(let text)): notes(comparison, caseFolded(text))
    case (.list, .text(let text)): SQL("t.list \(comparison.sign) ?", .text(caseFolded(text)))
    case (_, .text(let text)): SQL("t.title \(comparison.sign) ?", .text(caseFolded(text)))
    case (_, .id(let id)): nullable("t.\(column.rawValue)", comparison, .blob(IndexedID(id)?.bytes ?? []))
    case (.due, .time(let time)): range("t.due", comparison, clock.wallSeconds(of: time))
    case (_, .time(let time)): range(instantColumn(column), comparison, clock.microseconds(of: time))
    }
  }

  private func instantColumn(_ column: FilterColumn) -> String {
    switch column {
    case .createdAt: "t.created"
    case .updatedAt: "t.updated"
    case .completedAt: "t.completed"
    default: "t.due_at"
    }
  }

  /// The column counts down from high to low; what comes after low is none, and missing.
  private func priority(_ comparison: FilterComparison, _ value: Int64) -> SQL {
    switch comparison {
    case .equal, .notEqual: SQL("t.priority \(comparison.sign) ?", .int(value))
    case .greater: SQL("t.priority < ?", .int(value))
    case .greaterOrEqual: SQL("t.priority <= ?", .int(value))
    case .less: SQL("(t.priority > ? AND t.priority < \(IndexedTask.noPriority))", .int(value))
    case .lessOrEqual: SQL("(t.priority >= ? AND t.priority < \(IndexedTask.noPriority))", .int(value))
    }
  }

  private func nullable(_ column: String, _ comparison: FilterComparison, _ value: SQLiteValue) -> SQL {
    comparison == .notEqual
      ? SQL("(\(column) IS NULL OR \(column) <> ?)", value)
      : SQL("(\(column) IS NOT NULL AND \(column) \(comparison.sign) ?)", value)
  }

  private func range(_ column: String, _ comparison: FilterComparison, _ range: Range<Int>) -> SQL {
    let (start, end) = (SQLiteValue.int(range.lowerBound), SQLiteValue.int(range.upperBound))
    switch comparison {
    case .equal: return SQL("(\(column) IS NOT NULL AND \(column) >= ? AND \(column) < ?)", start, end)
    case .notEqual: return SQL("(\(column) IS NULL OR \(column) < ? OR \(column) >= ?)", start, end)
    case .less: return SQL("(\(column) IS NOT NULL AND \(column) < ?)", start)
    case .lessOrEqual: return SQL("(\(column) IS NOT NULL AND \(column) < ?)", end)
    case .greater: return SQL("(\(column) IS NOT NULL AND \(column) >= ?)", end)
    case .greaterOrEqual: return SQL("(\(column) IS NOT NULL AND \(column) >= ?)", start)
    }
  }

  /// Notes are not kept folded: this reads them row by row.
  private func notes(_ comparison: FilterComparison, _ value: String) -> SQL {
    SQL(
      """
      coalesce((SELECT folded(b.notes) FROM body b WHERE b.row = t.row) \(comparison.sign) ?, \
      \(comparison == .notEqual ? 1 : 0))
      """, .text(value))
  }

  private func tag(_ comparison: FilterComparison, _ value: String) -> SQL {
    switch comparison {
    case .equal:
      SQL(
        """
        EXISTS (SELECT 1 FROM labelling l WHERE l.task = t.row AND l.label = (
          SELECT id FROM label WHERE owner = ? AND kind = \(LabelTable.Kind.tag.rawValue) AND folded = ? AND exact = ''))
        """, .int(owner), .text(value))
    case .notEqual: "NOT " + tag(.equal, value)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      SQL(
        """
        t.row IN (
          SELECT l.task FROM label g CROSS JOIN labelling l ON l.label = g.id
          WHERE g.owner = ? AND g.kind = \(LabelTable.Kind.tag.rawValue) AND g.folded \(comparison.sign) ?)
        """, .int(owner), .text(value))
    }
  }
}

extension FilterComparison {
  fileprivate var sign: String { self == .notEqual ? "<>" : rawValue }
}
