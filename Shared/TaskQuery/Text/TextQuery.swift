/// What `q` asks for: terms that must all hold.
public struct TextQuery: Sendable, Equatable {
  public enum Field: String, Sendable, CaseIterable {
    case title, notes, tag
  }

  public enum Kind: Sendable, Equatable {
    /// A plain word. What is one word to its writer may be several here (`e-mail`), which then stand side by side.
    case word
    /// `"words side by side"`.
    case phrase
    /// `pre*`: the last word may go on.
    case prefix
  }

  public struct Term: Sendable, Hashable {
    public let kind: Kind
    /// Nil: any field will do.
    public let field: Field?
    public let isNegated: Bool
    /// Folded as ``Words`` does; never empty.
    public let words: [String]

    public init(_ kind: Kind, _ words: [String], in field: Field? = nil, isNegated: Bool = false) {
      self.kind = kind
      self.field = field
      self.isNegated = isNegated
      self.words = words
    }
  }

  public let terms: [Term]

  /// The most octets of a `q`: some 250 words.
  public static let maximumOctets = 2_000

  /// Reads `q`. Its words never fail: an open quote ends at the end, signs that belong to no word are dropped.
  /// - Throws: when it is longer than ``maximumOctets``.
  public init(_ text: String) throws(QueryError) {
    guard text.utf8.count <= Self.maximumOctets else {
      throw QueryError(parameter: "q", detail: "Expected at most \(Self.maximumOctets) octets of UTF-8.")
    }
    var parser = TextQueryParser(text)
    var seen: Set<Term> = []
    terms = parser.terms().filter { seen.insert($0).inserted }
  }

  /// Whether nothing is left to look for.
  public var isEmpty: Bool { terms.isEmpty }
}
