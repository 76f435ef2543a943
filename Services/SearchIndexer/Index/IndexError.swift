/// Why the index can't be used as it lies on the disk.
enum IndexError: Error, Equatable, CustomStringConvertible {
  /// Made by a version of this program with other tables or other words: it has to be built again.
  case otherLayout(found: Int64, expected: Int64)
  /// More owners than prefixes.
  case tooManyOwners(limit: Int64)
  /// Used before it was opened, or after its files were thrown away.
  case notOpen

  var description: String {
    switch self {
    case .otherLayout(let found, let expected): "the index has layout \(found), expected \(expected): build it again"
    case .tooManyOwners(let limit): "the index has no room for more than \(limit) owners"
    case .notOpen: "the index is not open"
    }
  }
}
