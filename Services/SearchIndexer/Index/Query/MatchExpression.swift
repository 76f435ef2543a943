import TaskQuery

/// Writes `q` in the language of FTS5. Words hold letters and digits only, so nothing of the user's is syntax.
struct MatchExpression {
  let query: TextQuery
  /// One, or both when the filter speaks of the trash.
  let scopes: [SearchScope]

  private var positive: [TextQuery.Term] { query.terms.filter { !$0.isNegated } }
  private var negative: [TextQuery.Term] { query.terms.filter(\.isNegated) }

  /// What all terms match; nil when all are negations.
  var matches: String? { expression(positive, inTitle: false) }

  /// What the negations match; nil when there is none.
  var excluded: String? {
    inScopes { scope in negative.map { term($0, scope, inTitle: false) }.joined(separator: " OR ") }
  }

  /// Of ``matches`` those where every term that names no field is in the title; nil when that is all of them.
  var titleMatches: String? {
    positive.contains { $0.field == nil } ? expression(positive, inTitle: true) : nil
  }

  /// Of ``matches`` the others.
  var otherMatches: String? {
    guard let matches, let titleMatches else { return nil }
    return "(\(matches)) NOT (\(titleMatches))"
  }

  private func expression(_ terms: [TextQuery.Term], inTitle: Bool) -> String? {
    guard
      let found = inScopes({ scope in terms.map { term($0, scope, inTitle: inTitle) }.joined(separator: " AND ") })
    else { return nil }
    guard let excluded else { return found }
    return "\(found) NOT \(excluded)"
  }

  private func inScopes(_ write: (SearchScope) -> String) -> String? {
    let parts = scopes.map { "(" + write($0) + ")" }
    return parts.contains("()") ? nil : "(" + parts.joined(separator: " OR ") + ")"
  }

  private func term(_ term: TextQuery.Term, _ scope: SearchScope, inTitle: Bool) -> String {
    let prefix = String(decoding: scope.prefix, as: UTF8.self)
    let phrase =
      "\"" + term.words.map { prefix + $0 }.joined(separator: " ") + "\"" + (term.kind == .prefix ? " *" : "")
    let column: String? =
      switch term.field {
      case .title: "title"
      case .notes: "notes"
      case .tag: "tags"
      case nil: inTitle ? "title" : nil
      }
    return column.map { "\($0) : \(phrase)" } ?? phrase
  }
}
