import CSQLite
import SQLite
import Testing

@Suite struct ConnectionTests {
  let file = TemporaryDatabase()

  func open() throws -> Connection {
    let connection = try Connection(path: file.path, pragmas: ["journal_mode = WAL"])
    try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, value)")
    return connection
  }

  @Test func everyKindOfValueComesBackAsItWent() throws {
    let connection = try open()
    let values: [SQLiteValue] = [
      .null, .int(Int64.min), .double(0.1), .text("a\u{0}b — é"), .text(""), .utf8([0xC3, 0xA9]), .utf8([]),
      .blob([0, 255]), .blob([]),
    ]
    for value in values { try connection.run("INSERT INTO t (value) VALUES (?)", value) }
    let back = try connection.all("SELECT value, typeof(value) FROM t ORDER BY id") { row in
      "\(row.text(1)) \(row.optionalInt(0) ?? -1) \(row.bytes(0).count) \(row.isNull(0))"
    }
    #expect(back[0] == "null -1 0 true")
    #expect(back[1].hasPrefix("integer \(Int64.min)"))
    #expect(
      back.map { String($0.prefix { $0 != " " }) }
        == ["null", "integer", "real", "text", "text", "text", "text", "blob", "blob"])
    #expect(try connection.all("SELECT value FROM t WHERE id = 4") { $0.text(0) } == ["a\u{0}b — é"])
    #expect(try connection.all("SELECT value FROM t WHERE id IN (5, 7, 9)") { $0.optionalText(0) } == ["", "", ""])
    #expect(try connection.first("SELECT value FROM t WHERE id = 3") { $0.double(0) } == 0.1)
    #expect(try connection.first("SELECT value FROM t WHERE id = 8") { $0.bytes(0) } == [0, 255])
    #expect(try connection.first("SELECT 1 WHERE 0") { $0.int(0) } == nil)
  }

  @Test func aColumnIsReadWithoutACopy() throws {
    let connection = try open()
    try connection.run("INSERT INTO t (value) VALUES (?)", .blob([7, 8, 9]))
    let sum = try connection.first("SELECT value FROM t") { row in
      let span = row.span(0)
      return span.indices.reduce(0) { $0 + Int(span[$1]) }
    }
    #expect(sum == 24)
    #expect(try connection.first("SELECT NULL") { $0.span(0).count } == 0)
  }

  @Test func errorsNameCodeWordsAndStatement() throws {
    let connection = try open()
    #expect {
      try connection.run("SELECT missing FROM t")
    } throws: { error in
      let error = error as? SQLiteError
      return error?.primaryCode == SQLITE_ERROR && error?.message == "no such column: missing"
        && error?.sql == "SELECT missing FROM t"
    }
    try connection.run("INSERT INTO t (id) VALUES (?)", 1)
    #expect {
      try connection.run("INSERT INTO t (id) VALUES (?)", 1)
    } throws: { error in
      (error as? SQLiteError)?.code == SQLITE_CONSTRAINT | 6 << 8 && (error as? SQLiteError)?.isConstraint == true
    }
    // The statement is kept and works again after its failure.
    #expect(try connection.run("INSERT INTO t (id) VALUES (?)", 2) == 1)
    #expect(throws: SQLiteError.self) { try connection.run("INSERT INTO t (id) VALUES (?)", 3, 4) }
    #expect(throws: SQLiteError.self) { try connection.run("-- nothing") }
    #expect(throws: SQLiteError.self) { try Connection(path: "/nowhere/at/all.db") }
    #expect(throws: SQLiteError.self) { try Connection(path: file.path + "-missing", access: .readOnly) }
  }

  @Test func aTransactionIsKeptWholeOrNotAtAll() throws {
    struct Refused: Error {}
    let connection = try open()
    try connection.transaction { try connection.run("INSERT INTO t (id) VALUES (1)") }
    #expect(throws: Refused.self) {
      try connection.transaction {
        try connection.run("INSERT INTO t (id) VALUES (2)")
        throw Refused()
      }
    }
    #expect(try connection.all("SELECT id FROM t") { $0.int(0) } == [1])
  }

  @Test func anInnerTransactionThrowsAndLeavesTheOuterToItsCaller() throws {
    let connection = try open()
    try connection.transaction {
      try connection.run("INSERT INTO t (id) VALUES (1)")
      #expect(throws: SQLiteError.self) { try connection.transaction {} }
      try connection.run("INSERT INTO t (id) VALUES (2)")
    }
    #expect(try connection.all("SELECT id FROM t") { $0.int(0) } == [1, 2])
  }

  @Test func theSameStatementMayRunInsideItself() throws {
    let connection = try open()
    for id in 1...3 { try connection.run("INSERT INTO t (id) VALUES (?)", .int(id)) }
    var pairs: [Int64] = []
    try connection.query("SELECT id FROM t ORDER BY id") { outer in
      let left = outer.int(0)
      try connection.query("SELECT id FROM t ORDER BY id") { pairs.append(left * 10 + $0.int(0)) }
    }
    #expect(pairs == [11, 12, 13, 21, 22, 23, 31, 32, 33])
  }

  @Test func aWriterWaitsItsTimeAndThenIsToldBusy() throws {
    let first = try open()
    let second = try Connection(path: file.path, busyTimeout: 20)
    try first.transaction {
      #expect {
        try second.transaction {}
      } throws: { ($0 as? SQLiteError)?.isBusy == true }
    }
    try second.transaction {}
  }

  @Test func aReadTransactionSeesOneState() throws {
    let writer = try open()
    let reader = try Connection(path: file.path, access: .readOnly)
    try reader.transaction(.deferred) {
      #expect(try reader.first("SELECT count(*) FROM t") { $0.int(0) } == 0)
      try writer.run("INSERT INTO t (id) VALUES (1)")
      #expect(try reader.first("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }
    #expect(try reader.first("SELECT count(*) FROM t") { $0.int(0) } == 1)
    #expect(throws: SQLiteError.self) { try reader.run("INSERT INTO t (id) VALUES (2)") }
  }

  @Test func statementsOutliveAFullCacheAndTheConnection() throws {
    var connection: Connection? = try Connection(path: ":memory:", statements: 2)
    let kept = try #require(try connection?.statement("SELECT ?"))
    for number in 0..<5 { try connection?.run("SELECT \(number)") }
    connection = nil
    try kept.bind("still here", at: 1)
    var text = ""
    try kept.forEachRow {
      text = $0.text(0)
      return true
    }
    #expect(text == "still here")
  }
}
