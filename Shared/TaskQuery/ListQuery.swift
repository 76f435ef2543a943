/// `q`, `filter` and `sort` of a list, read.
public struct ListQuery: Sendable {
  /// Nil when there is nothing to look for.
  public let text: TextQuery?
  public let filter: TaskFilter?
  /// Never empty: the default stands in for a missing one. The id breaks ties.
  public let sort: [SortKey]
  /// Of the three texts: ties a cursor to its query (FNV-1a, 64 bits).
  public let fingerprint: UInt64

  /// Reads the three parameters; one that is missing or blank counts as not given.
  public init(q: String? = nil, filter: String? = nil, sort: String? = nil) throws(QueryError) {
    let text = try Self.given(q).map { text throws(QueryError) in try TextQuery(text) }
    self.text = text.flatMap { $0.isEmpty ? nil : $0 }
    self.filter = try Self.given(filter).map { text throws(QueryError) in try TaskFilter(text) }
    let keys = try Self.given(sort).map { text throws(QueryError) in try SortKey.parse(text) }
    self.sort = keys ?? (self.text == nil ? SortKey.byDue : SortKey.byRelevance)
    fingerprint = [q, filter, sort].reduce(0xCBF2_9CE4_8422_2325) { hash, text in
      // 0xFF is no octet of UTF-8, so that no text can run over into the next.
      ((text ?? "").utf8 + [0xFF]).reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }

  private static func given(_ text: String?) -> String? {
    guard let text, text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    return text
  }
}
