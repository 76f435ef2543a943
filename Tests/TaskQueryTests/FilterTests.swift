import Recurrence
import SeededRandom
import TaskQuery
import Testing

@Suite struct FilterTests {
  @Test func notBindsCloserThanAndAndAndCloserThanOr() throws {
    #expect(
      try TaskFilter("not deleted and has(due) or has(tag) and not not has(notes)")
        == .any([.all([.not(.deleted), .has(.due)]), .all([.has(.tag), .not(.not(.has(.notes)))])]))
    #expect(try TaskFilter("not (deleted or has(due))") == .not(.any([.deleted, .has(.due)])))
  }

  @Test func theContractsExampleIsRead() throws {
    let filter = try TaskFilter(
      "status = open and priority >= medium and (tag in (home, bills) or list = work) and due < today+7d and has(reminder)"
    )
    #expect(
      filter
        == .all([
          .compare(.status, .equal, .rank(0)), .compare(.priority, .greaterOrEqual, .rank(1)),
          .any([
            .any([.compare(.tag, .equal, .text("home")), .compare(.tag, .equal, .text("bills"))]),
            .compare(.list, .equal, .text("work")),
          ]),
          .compare(.due, .less, .time(TimeExpression(.today, [.init(7, .day)]))), .has(.reminder),
        ]))
  }

  @Test(arguments: [
    ("STATUS=DONE", TaskFilter.compare(.status, .equal, .rank(1))),
    ("title = \"buy \\\"good\\\" milk\"", .compare(.title, .equal, .text("buy \"good\" milk"))),
    ("title!='a (b)'", .compare(.title, .notEqual, .text("a (b)"))),
    ("list = and", .compare(.list, .equal, .text("and"))),
    ("tag = \"\"", .compare(.tag, .equal, .text(""))),
    (
      "parent = 0190B5F0-9d3a-7c4e-8a51-2f6d3c1b4e5a",
      .compare(.parent, .equal, .id("0190b5f0-9d3a-7c4e-8a51-2f6d3c1b4e5a"))
    ),
    ("due<\"today + 7d\"", .compare(.due, .less, .time(TimeExpression(.today, [.init(7, .day)])))),
    (
      "due < today 7d and deleted",
      .all([.compare(.due, .less, .time(TimeExpression(.today, [.init(7, .day)]))), .deleted])
    ),
    (
      "dueAt>=now-2h+30min",
      .compare(.dueAt, .greaterOrEqual, .time(TimeExpression(.now, [.init(-2, .hour), .init(30, .minute)])))
    ),
    ("due = tomorrow", .compare(.due, .equal, .time(TimeExpression(.today, [.init(1, .day)])))),
  ]) func whatIsWrittenIsRead(text: String, filter: TaskFilter) throws {
    #expect(try TaskFilter(text) == filter)
  }

  @Test(arguments: [
    ("status = open and priorty = high", 18, "Did you mean priority?"),
    ("status = opne", 9, "Did you mean open?"),
    ("has(reminders)", 4, "Did you mean reminder?"),
    ("due < tomorow", 6, "Did you mean tomorrow?"),
    ("due < 2027-02-29", 14, "day of that month goes from 1 to 28"),
    ("due < today+7m", 13, "For m write min (minutes) or mo (months)."),
    ("due < today+", 12, "Expected a number"),
    ("due < today+1d+1d+1d+1d+1d", 23, "at most four steps"),
    ("due < now+100000d", 15, "up to 99999"),
    ("status == open", 7, "Expected =, !="),
    ("status open", 7, "Expected =, !=, <, <=, >, >= or in, not “open”"),
    ("status =", 8, "not the end"),
    ("(status = open", 14, "closing parenthesis"),
    ("status = open)", 13, "Expected and, or or the end"),
    ("title = buy milk", 12, "Expected and, or or the end"),
    ("title = \"buy", 8, "never closed"),
    ("tag in home", 7, "opening parenthesis after in"),
    ("tag in (home,)", 13, "a value for tag"),
    ("parent = 12", 9, "Expected an id"),
    ("", 0, "not the end"),
    ("é = 1", 0, "Expected not, has"),
    ("list = é and x = 1", 13, "one of status"),
  ]) func anErrorSaysWhereAndWhatWasExpected(text: String, offset: Int, detail: String) {
    #expect {
      try TaskFilter(text)
    } throws: { error in
      let error = error as? QueryError
      return error?.pointer == "?filter@\(offset)" && error?.detail.contains(detail) == true
    }
  }

  @Test func aHostileFilterIsRefusedEarly() {
    let bad = [
      String(repeating: "(", count: 7_000), String(repeating: "not ", count: 1_900) + "deleted",
      "tag in (" + String(repeating: "a,", count: 3_000) + "a)",
      String(repeating: "deleted or ", count: 600) + "deleted", String(repeating: "x", count: 1_000_000),
    ]
    for text in bad { #expect(throws: QueryError.self) { try TaskFilter(text) } }
  }

  @Test func noInputTraps() {
    let parts = [
      "status", "due", "tag", "=", "!=", "<", "in", "(", ")", ",", "\"", "'", "\\", "not", "and", "or", "has",
      "deleted",
      "today", "+", "-", "7d", "2027-01-01", "T", "99999999999999999999", "\u{0}", "é", "🎉", " ", "x",
    ]
    var generator = SplitMix(seed: 7)
    var read = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? ""
      }
      .joined(separator: Bool.random(using: &generator) ? " " : "")
      do {
        _ = try TaskFilter(text)
        read += 1
      } catch {
        #expect(0...text.unicodeScalars.count ~= error.offset, "\(text)")
      }
    }
    #expect(read > 100)
  }

  @Test func onlyAFilterThatNamesTheTrashSpeaksOfIt() throws {
    #expect(try TaskFilter("status = open or not (deleted)").mentionsDeleted)
    #expect(try !TaskFilter("status = open and title = deleted").mentionsDeleted)
  }
}
