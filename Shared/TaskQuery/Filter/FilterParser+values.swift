extension FilterParser {
  /// Takes the value that a column is compared with.
  mutating func value(of column: FilterColumn) throws(QueryError) -> FilterValue {
    guard token.kind == .word || token.kind == .quoted else {
      throw expected("a value for \(column.rawValue), in quotes if it has blanks or signs")
    }
    let value: FilterValue
    switch column {
    case .status: value = .rank(try rank(among: ["open", "done"]))
    case .priority: value = .rank(try rank(among: ["low", "medium", "high"]))
    case .parent, .series: value = .id(try id())
    case .list, .tag, .title, .notes: value = .text(token.text)
    case .due, .dueAt, .createdAt, .updatedAt, .completedAt: return .time(try time())
    }
    try advance()
    return value
  }

  private func rank(among names: [String]) throws(QueryError) -> Int {
    if let rank = names.firstIndex(of: caseFolded(token.text)) { return rank }
    throw expected("one of \(names.joined(separator: ", "))", suggestion(for: token.text, among: names))
  }

  private func id() throws(QueryError) -> String {
    let id = caseFolded(token.text)
    let isUUID =
      id.utf8.count == 36
      && id.utf8.enumerated().allSatisfy { index, byte in
        switch index {
        case 8, 13, 18, 23: byte == UInt8(ascii: "-")
        default: byte &- 0x30 < 10 || byte &- 0x61 < 6
        }
      }
    guard isUUID else { throw expected("an id such as 0190b5f0-9d3a-7c4e-8a51-2f6d3c1b4e5a") }
    return id
  }

  private mutating func time() throws(QueryError) -> TimeExpression {
    let start = token
    var text = token.text
    try advance()
    // A plus in a URL that nobody encoded arrives as a blank: “today 7d” can mean nothing else.
    if start.kind == .word, token.kind == .word, let first = token.text.utf8.first, first &- 0x30 < 10 {
      text += "+" + token.text
      try advance()
    }
    do throws(TimeExpression.Fault) {
      return try TimeExpression(text)
    } catch {
      // Within quotes an offset may be shifted by escapes: then the value's beginning is the place.
      let offset = start.kind == .word ? start.offset + error.offset : start.offset
      throw QueryError(parameter: "filter", offset: offset, detail: error.detail)
    }
  }
}
