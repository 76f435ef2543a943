/// Takes `q` apart: blanks part terms, `-` negates, `field:` narrows, quotes hold together, `*` at the end leaves open.
struct TextQueryParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func terms() -> [TextQuery.Term] {
    var terms: [TextQuery.Term] = []
    while index < scalars.count {
      if scalars[index].properties.isWhitespace {
        index += 1
      } else if let term = term() {
        terms.append(term)
      }
    }
    return terms
  }

  private mutating func term() -> TextQuery.Term? {
    let isNegated = takeMinus()
    let field = takeField()
    let (kind, text) = takeText()
    let words = Words.words(of: text)
    return words.isEmpty ? nil : TextQuery.Term(kind, words, in: field, isNegated: isNegated)
  }

  private mutating func takeMinus() -> Bool {
    let start = index
    while index < scalars.count, scalars[index] == "-" { index += 1 }
    return index > start
  }

  /// Takes `title:` when something follows at once.
  private mutating func takeField() -> TextQuery.Field? {
    for field in TextQuery.Field.allCases {
      let name = Array(field.rawValue.unicodeScalars) + [":"]
      let end = index + name.count
      guard end < scalars.count, !scalars[end].properties.isWhitespace,
        zip(scalars[index..<end], name).allSatisfy({ $0.isASCII && asciiLowercased(UInt8($0.value)) == $1.value })
      else { continue }
      index = end
      return field
    }
    return nil
  }

  private mutating func takeText() -> (TextQuery.Kind, String) {
    if index < scalars.count, scalars[index] == "\"" {
      let start = index + 1
      let end = scalars[start...].firstIndex(of: "\"") ?? scalars.count
      index = min(end + 1, scalars.count)
      return (.phrase, text(start..<end))
    }
    let start = index
    while index < scalars.count, !scalars[index].properties.isWhitespace, scalars[index] != "\"" { index += 1 }
    let isPrefix = index > start + 1 && scalars[index - 1] == "*" && isWordPart(index - 2)
    return (isPrefix ? .prefix : .word, text(start..<index))
  }

  /// `pre*` leaves a word open, `pre.*` has none there.
  private func isWordPart(_ index: Int) -> Bool {
    var folded: [UInt8] = []
    return Words.append(String(Character(scalars[index])), to: &folded) > 0
      || scalars[index].properties.canonicalCombiningClass != .notReordered
  }

  private func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }
}
