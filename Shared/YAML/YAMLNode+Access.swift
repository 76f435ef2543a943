extension YAMLNode {
  /// A string: quoted, or plain and nothing else by the core schema.
  public func string() throws(YAMLError) -> String {
    let scalar = try scalar("a string")
    guard scalar.kind == .string else { throw mismatch("a string (put it in quotes if it is meant as one)") }
    return scalar.text
  }

  /// The text of any scalar as it is written, as for values that take `5`, `"5"` and `true` alike; empty for null.
  public func text() throws(YAMLError) -> String {
    let scalar = try scalar("a string, a number, true or false")
    return scalar.kind == .null ? "" : scalar.text
  }

  public func bool() throws(YAMLError) -> Bool {
    let scalar = try scalar("true or false")
    guard scalar.kind == .bool else { throw mismatch("true or false") }
    switch scalar.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw mismatch("true or false")
    }
  }

  public func int() throws(YAMLError) -> Int {
    let scalar = try scalar("an integer")
    guard scalar.kind == .int else { throw mismatch("an integer") }
    guard let value = scalar.integer else {
      throw YAMLError(at: position, "the integer \(scalar.text) is beyond 64 bits")
    }
    return value
  }

  public func elements() throws(YAMLError) -> [YAMLNode] {
    guard case .sequence(let elements) = content else { throw mismatch("a list") }
    return elements
  }

  public func entries() throws(YAMLError) -> [Entry] {
    guard case .mapping(let entries) = content else { throw mismatch("a mapping") }
    return entries
  }

  /// The value of a key; nil where the key is missing or its value is null.
  /// - Throws: where this is no mapping.
  public func value(_ key: String) throws(YAMLError) -> YAMLNode? {
    guard let value = try entries().first(where: { $0.key == key })?.value, !value.isNull else { return nil }
    return value
  }

  /// The value of a key that must be there.
  public func required(_ key: String) throws(YAMLError) -> YAMLNode {
    guard let value = try value(key) else { throw YAMLError(at: position, "the key \"\(key)\" is missing") }
    return value
  }

  /// Refuses a key that is not one of these, so that a slip of the pen is not passed over in silence.
  public func allowOnly(_ keys: Set<String>) throws(YAMLError) {
    for entry in try entries() where !keys.contains(entry.key) {
      let known = keys.sorted().joined(separator: ", ")
      throw YAMLError(at: entry.keyPosition, "the key \"\(entry.key)\" is not known here (known: \(known))")
    }
  }

  public var isNull: Bool {
    if case .scalar(let scalar) = content { scalar.kind == .null } else { false }
  }

  private func scalar(_ expected: String) throws(YAMLError) -> YAMLScalar {
    guard case .scalar(let scalar) = content else { throw mismatch(expected) }
    return scalar
  }

  private func mismatch(_ expected: String) -> YAMLError {
    let found =
      switch content {
      case .sequence: "a list"
      case .mapping: "a mapping"
      case .scalar(let scalar): scalar.kind == .null ? "nothing" : scalar.isQuoted ? "\"\(scalar.text)\"" : scalar.text
      }
    return YAMLError(at: position, "\(expected) is expected, not \(found)")
  }
}
