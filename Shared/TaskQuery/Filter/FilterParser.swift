extension TaskFilter {
  /// The most octets of a filter, nested parentheses and `not`s, and comparisons: so a hostile one costs little.
  public static let maximumOctets = 8_000
  public static let maximumDepth = 64
  public static let maximumComparisons = 256

  /// Reads `status = open and (tag in (home, bills) or due < today+7d)`; `not` binds closest, then `and`, then `or`.
  /// Keywords and columns are read in any case.
  public init(_ text: String) throws(QueryError) {
    guard text.utf8.count <= Self.maximumOctets else {
      throw QueryError(parameter: "filter", detail: "Expected at most \(Self.maximumOctets) octets of UTF-8.")
    }
    var parser = try FilterParser(text)
    self = try parser.filter()
  }
}

/// Recursive descent with one token of look-ahead.
struct FilterParser {
  private var lexer: FilterLexer
  private(set) var token: FilterToken
  private var depth = 0
  private var comparisons = 0

  init(_ text: String) throws(QueryError) {
    lexer = FilterLexer(text)
    token = try lexer.next()
  }

  mutating func filter() throws(QueryError) -> TaskFilter {
    let filter = try disjunction()
    guard token.kind == .end else { throw expected("and, or or the end") }
    return filter
  }

  private mutating func disjunction() throws(QueryError) -> TaskFilter {
    var parts = [try conjunction()]
    while token.isKeyword("or") {
      try advance()
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(QueryError) -> TaskFilter {
    var parts = [try negation()]
    while token.isKeyword("and") {
      try advance()
      parts.append(try negation())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(QueryError) -> TaskFilter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TaskFilter.maximumDepth else {
      throw QueryError(
        parameter: "filter", offset: token.offset, detail: "Nested deeper than \(TaskFilter.maximumDepth).")
    }
    if token.isKeyword("not") {
      try advance()
      return .not(try negation())
    }
    if token.kind == .open {
      try advance()
      let inner = try disjunction()
      try require(.close, "and, or or a closing parenthesis")
      return inner
    }
    return try condition()
  }

  private mutating func condition() throws(QueryError) -> TaskFilter {
    comparisons += 1
    guard comparisons <= TaskFilter.maximumComparisons else {
      throw QueryError(
        parameter: "filter", offset: token.offset,
        detail: "Expected at most \(TaskFilter.maximumComparisons) comparisons.")
    }
    if token.isKeyword("has") {
      try advance()
      try require(.open, "an opening parenthesis after has")
      let presence = try named(FilterPresence.self, "one of")
      try require(.close, "a closing parenthesis")
      return .has(presence)
    }
    if token.isKeyword("deleted") {
      try advance()
      return .deleted
    }
    let column = try named(FilterColumn.self, "not, has(…), deleted, a parenthesis or one of")
    if token.isKeyword("in") {
      try advance()
      return try list(of: column)
    }
    guard case .comparison(let comparison) = token.kind else { throw expected("=, !=, <, <=, >, >= or in") }
    try advance()
    return .compare(column, comparison, try value(of: column))
  }

  private mutating func list(of column: FilterColumn) throws(QueryError) -> TaskFilter {
    try require(.open, "an opening parenthesis after in")
    var parts = [TaskFilter.compare(column, .equal, try value(of: column))]
    while token.kind == .comma {
      try advance()
      comparisons += 1
      guard comparisons <= TaskFilter.maximumComparisons else { throw expected("a shorter list") }
      parts.append(.compare(column, .equal, try value(of: column)))
    }
    try require(.close, "a comma or a closing parenthesis")
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  /// Takes a name of a closed set, and suggests one for a misspelling.
  private mutating func named<Name: RawRepresentable & CaseIterable>(
    _ type: Name.Type, _ what: String
  ) throws(QueryError) -> Name where Name.RawValue == String {
    if token.kind == .word, let name = Name.allCases.first(where: { token.isKeyword(caseFolded($0.rawValue)) }) {
      try advance()
      return name
    }
    let names = Name.allCases.map(\.rawValue)
    throw expected("\(what) \(names.joined(separator: ", "))", suggestion(for: token.text, among: names))
  }

  mutating func advance() throws(QueryError) { token = try lexer.next() }

  private mutating func require(_ kind: FilterToken.Kind, _ what: String) throws(QueryError) {
    guard token.kind == kind else { throw expected(what) }
    try advance()
  }

  func expected(_ what: String, _ hint: String = "") -> QueryError {
    QueryError(parameter: "filter", offset: token.offset, detail: "Expected \(what), not \(token.name).\(hint)")
  }
}
