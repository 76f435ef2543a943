import CSQLite
import SQLite
import TaskQuery
import Testing

@testable import SearchIndexer

/// Whatever is asked, SQLite goes by an index, a row range or a posting list of the owner, never through a whole table.
@Suite struct QueryPlanTests {
  @Test func noListReadsAWholeTable() throws {
    let index = try TemporaryIndex()
    var random = RandomTasks(seed: 4)
    try index.apply((0..<300).map { .task(random.task(UInt64($0), owner: "ada")) })
    let trace = Trace(index.reader.connection)
    let sorts = SortKey.Field.allCases.flatMap { ["-\($0.rawValue)", $0 == .list ? "list" : "\($0.rawValue),-list"] }
    let filters = [
      nil, "status = open", "tag = home", "deleted or has(due)", "deleted", "notes != x and tag < m", "due < today",
    ]
    for q in [nil, "milk", "-milk", "pay -rent pa*"] {
      for filter in filters {
        for sort in sorts {
          let next = try index.list(q: q, filter: filter, sort: sort, limit: 3).next
          if let next { _ = try index.list(q: q, filter: filter, sort: sort, limit: 3, cursor: next) }
        }
      }
    }
    _ = try index.reader.tags(owner: "ada")
    _ = try index.reader.lists(owner: "ada")
    _ = try index.reader.includes(IndexedID(high: 1, low: 1), version: 1)
    _ = try index.reader.includes(marker: IndexedID(high: 1, low: 1))
    trace.stop()

    // FTS5 reads its own handful of settings whole.
    let statements = trace.statements.filter { $0.hasPrefix("SELECT") && !$0.contains("word_config") }
    #expect(statements.count > 500)
    for statement in statements {
      let steps = try index.reader.connection.all("EXPLAIN QUERY PLAN " + statement) { $0.text(3) }
      for step in steps where step.hasPrefix("SCAN") {
        // How FTS5 names a look-up of its own: M stands for MATCH.
        #expect(step.contains("VIRTUAL TABLE INDEX 0:M"), "\(step)\n\(statement)")
      }
    }
  }

  @Test func theDefaultListRunsAlongItsIndexWithoutSorting() throws {
    let index = try TemporaryIndex()
    try index.apply(IndexedTask(1, "one"))
    for (filter, name) in [(nil, "task_due"), ("status = open", "task_status")] {
      let trace = Trace(index.reader.connection)
      _ = try index.list(filter: filter)
      trace.stop()
      let lists = trace.statements.filter { $0.contains("ORDER BY") }
      #expect(lists.count == 2)
      for statement in lists {
        let steps = try index.reader.connection.all("EXPLAIN QUERY PLAN " + statement) { $0.text(3) }
        #expect(steps.count == 1, "\(steps)")
        #expect(steps[0].contains("SEARCH t USING") && steps[0].contains(name), "\(steps)")
      }
      let dated = try #require(lists.first { $0.contains("IS NOT NULL") })
      #expect(try index.reader.connection.all("EXPLAIN QUERY PLAN " + dated) { $0.text(3) }[0].contains("due>?"))
    }
  }
}

/// The statements that a connection runs.
private final class Trace {
  private(set) var statements: Set<String> = []
  private let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
    sqlite3_trace_v2(
      connection.pointer, UInt32(SQLITE_TRACE_STMT),
      { _, trace, statement, _ in
        guard let trace, let sql = sqlite3_sql(OpaquePointer(statement)) else { return 0 }
        Unmanaged<Trace>.fromOpaque(trace).takeUnretainedValue().statements.insert(String(cString: sql))
        return 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Ends the callbacks, which keep no reference to this object.
  func stop() { sqlite3_trace_v2(connection.pointer, 0, nil, nil) }
}
