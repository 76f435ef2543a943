import TaskQuery
import Testing

@Suite struct SortTests {
  @Test func keysAreReadWithTheirDirection() throws {
    #expect(try SortKey.parse("due,-priority, createdAt") == SortKey.byDue)
  }

  @Test(arguments: [
    ("due,-priorty", 5, "Did you mean priority?"), ("due,", 4, "Expected one of"), ("due,-due", 4, "named twice"),
    ("-", 1, "Expected one of"),
  ]) func anErrorNamesItsPlace(text: String, offset: Int, detail: String) {
    #expect {
      try SortKey.parse(text)
    } throws: { error in
      (error as? QueryError)?.pointer == "?sort@\(offset)" && (error as? QueryError)?.detail.contains(detail) == true
    }
  }

  @Test func theDefaultDependsOnWhatIsLookedFor() throws {
    #expect(try ListQuery().sort == SortKey.byDue)
    #expect(try ListQuery(q: "milk").sort == SortKey.byRelevance)
    #expect(try ListQuery(q: "milk", sort: "-title").sort == [SortKey(.title, descending: true)])
    let signsOnly = try ListQuery(q: " !!! ", filter: " ", sort: "")
    #expect(signsOnly.text == nil && signsOnly.filter == nil && signsOnly.sort == SortKey.byDue)
  }

  @Test func theFingerprintTellsQueriesApart() throws {
    let prints = try [
      ListQuery(), ListQuery(q: "a"), ListQuery(sort: "due"), ListQuery(q: "due"), ListQuery(q: "due", sort: "due"),
    ].map(\.fingerprint)
    #expect(Set(prints).count == prints.count)
    #expect(try ListQuery(q: "a", filter: "deleted").fingerprint == ListQuery(q: "a", filter: "deleted").fingerprint)
  }
}
