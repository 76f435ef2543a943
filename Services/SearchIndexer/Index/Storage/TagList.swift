import TaskQuery

/// A task's tags as one text, for the row that its old words are read from.
enum TagList {
  /// The unit separator parts tags; within one it becomes a blank.
  private static let separator: Character = "\u{1F}"

  static func join(_ tags: [String]) -> String {
    tags.map { $0.contains(separator) ? String($0.map { $0 == separator ? " " : $0 }) : $0 }
      .joined(separator: String(separator))
  }

  static func split(_ text: String) -> [String] {
    text.isEmpty ? [] : text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
