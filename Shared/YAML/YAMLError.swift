/// A place in a file, lines and columns counted from 1.
public struct YAMLPosition: Sendable, Equatable, CustomStringConvertible {
  public let file: String
  public let line: Int
  public let column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }
}

/// What a file says against the rules, and where: `components/state.yaml:4:7: the key "name" stands here a second time`.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
  public let position: YAMLPosition
  public let reason: String

  public init(at position: YAMLPosition, _ reason: String) {
    self.position = position
    self.reason = reason
  }

  public var description: String { "\(position): \(reason)" }
}
