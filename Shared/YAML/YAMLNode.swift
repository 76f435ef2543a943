/// A value of a YAML file, with its place.
public struct YAMLNode: Sendable {
  public enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// Entries in the order of the file; no key stands twice.
    case mapping([Entry])
  }

  public struct Entry: Sendable {
    public let key: String
    public let keyPosition: YAMLPosition
    public let value: YAMLNode
  }

  public let content: Content
  public let position: YAMLPosition
}

/// A scalar's text, and what decides its type.
public struct YAMLScalar: Sendable, Equatable {
  public let text: String
  /// Quoted or in block style: then it is a string, whatever it looks like.
  public let isQuoted: Bool
  /// The tag as it resolves, `tag:yaml.org,2002:str` for `!!str`; nil without one.
  public let tag: String?

  private static let standard = "tag:yaml.org,2002:"

  /// The type by the core schema (YAML 1.2 §10.3.2), which a tag overrides.
  public enum Kind: Sendable {
    case null, bool, int, float, string
  }

  public var kind: Kind {
    switch tag {
    case nil: isQuoted ? .string : plainKind
    case Self.standard + "null": .null
    case Self.standard + "bool": .bool
    case Self.standard + "int": .int
    case Self.standard + "float": .float
    default: .string
    }
  }

  private var plainKind: Kind {
    switch text {
    case "", "~", "null", "Null", "NULL": .null
    case "true", "True", "TRUE", "false", "False", "FALSE": .bool
    case ".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN": .float
    default: isInteger ? .int : isFloat ? .float : .string
    }
  }

  private var isInteger: Bool {
    integer != nil || isDecimal(text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") })
  }

  private var isFloat: Bool {
    guard text.utf8.allSatisfy({ ("0"..."9").contains(Unicode.Scalar($0)) || "+-.eE".utf8.contains($0) }) else {
      return false
    }
    return text.utf8.contains { ("0"..."9").contains(Unicode.Scalar($0)) } && Double(text) != nil
  }

  /// The text as an integer, decimal, `0o` or `0x`; nil where it is none or is beyond 64 bits.
  var integer: Int? {
    if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
    return Int(text)
  }

  private func isDecimal(_ digits: some Collection<UInt8>) -> Bool {
    !digits.isEmpty && digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
