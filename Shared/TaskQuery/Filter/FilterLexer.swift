/// A word, value or sign of a filter, and where it begins.
struct FilterToken {
  enum Kind: Equatable {
    case word, quoted, comparison(FilterComparison), open, close, comma, end
  }

  let kind: Kind
  let text: String
  let offset: Int

  func isKeyword(_ keyword: String) -> Bool { kind == .word && caseFolded(text) == keyword }

  /// For messages.
  var name: String { kind == .end ? "the end" : "“\(quoting(text.unicodeScalars))”" }
}

/// Takes a filter apart. Blanks part words; a value with blanks or signs stands in double or single quotes, in which `\`
/// takes the next character as it is.
struct FilterLexer {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func next() throws(QueryError) -> FilterToken {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
    let start = index
    guard index < scalars.count else { return FilterToken(kind: .end, text: "", offset: start) }
    index += 1
    switch scalars[start] {
    case "(": return FilterToken(kind: .open, text: "(", offset: start)
    case ")": return FilterToken(kind: .close, text: ")", offset: start)
    case ",": return FilterToken(kind: .comma, text: ",", offset: start)
    case "=", "<", ">", "!": return try comparison(start)
    case "\"", "'": return try quoted(start)
    default:
      while index < scalars.count, !Self.endsWord(scalars[index]) { index += 1 }
      return FilterToken(kind: .word, text: text(scalars[start..<index]), offset: start)
    }
  }

  private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "(", ")", ",", "=", "<", ">", "!", "\"": true
    default: scalar.properties.isWhitespace
    }
  }

  private mutating func comparison(_ start: Int) throws(QueryError) -> FilterToken {
    while index < scalars.count, "=<>!".unicodeScalars.contains(scalars[index]) { index += 1 }
    let sign = text(scalars[start..<index])
    guard let comparison = FilterComparison(rawValue: sign) else {
      throw QueryError(
        parameter: "filter", offset: start,
        detail: "Expected =, !=, <, <=, > or >=, not “\(quoting(sign.unicodeScalars))”.")
    }
    return FilterToken(kind: .comparison(comparison), text: sign, offset: start)
  }

  private mutating func quoted(_ start: Int) throws(QueryError) -> FilterToken {
    var content: [Unicode.Scalar] = []
    while index < scalars.count {
      var scalar = scalars[index]
      index += 1
      if scalar == scalars[start] { return FilterToken(kind: .quoted, text: text(content[...]), offset: start) }
      if scalar == "\\", index < scalars.count {
        scalar = scalars[index]
        index += 1
      }
      content.append(scalar)
    }
    throw QueryError(parameter: "filter", offset: start, detail: "This quote is never closed.")
  }

  private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
