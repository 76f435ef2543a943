/// One key of `sort`.
public struct SortKey: Sendable, Hashable {
  public enum Field: String, Sendable, CaseIterable {
    case due, dueAt, priority, title, list, status, createdAt, updatedAt, completedAt, relevance
  }

  public let field: Field
  public let isDescending: Bool

  public init(_ field: Field, descending: Bool = false) {
    self.field = field
    isDescending = descending
  }

  /// Without `sort` and without `q`.
  public static let byDue = [SortKey(.due), SortKey(.priority, descending: true), SortKey(.createdAt)]
  /// Without `sort`, with `q`.
  public static let byRelevance = [SortKey(.relevance)]

  /// Reads `due,-priority,createdAt`.
  public static func parse(_ text: String) throws(QueryError) -> [SortKey] {
    let scalars = Array(text.unicodeScalars)
    var keys: [SortKey] = []
    var start = 0
    while start <= scalars.count {
      let end = scalars[start...].firstIndex(of: ",") ?? scalars.count
      let key = try parse(scalars, start..<end)
      guard !keys.contains(where: { $0.field == key.field }) else {
        throw QueryError(parameter: "sort", offset: start, detail: "\(key.field.rawValue) is named twice.")
      }
      keys.append(key)
      start = end + 1
    }
    return keys
  }

  private static func parse(_ scalars: [Unicode.Scalar], _ range: Range<Int>) throws(QueryError) -> SortKey {
    var range = range
    while let first = range.first, scalars[first].properties.isWhitespace { range.removeFirst() }
    while let last = range.last, scalars[last].properties.isWhitespace { range.removeLast() }
    let isDescending = range.first.map { scalars[$0] == "-" } ?? false
    if isDescending { range.removeFirst() }
    var name = String.UnicodeScalarView()
    name.append(contentsOf: scalars[range])
    if let field = Field(rawValue: String(name)) { return SortKey(field, descending: isDescending) }
    let names = Field.allCases.map(\.rawValue)
    throw QueryError(
      parameter: "sort", offset: range.lowerBound,
      detail: "Expected one of \(names.joined(separator: ", ")), each with or without a minus, not “\(quoting(name))”."
        + suggestion(for: String(name), among: names))
  }
}

/// What stands in the input, shortened for a message.
func quoting(_ text: String.UnicodeScalarView) -> String {
  text.count <= 40 ? String(text) : String(text.prefix(40)) + "…"
}
