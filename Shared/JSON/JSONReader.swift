/// Reads JSON (RFC 8259) from UTF-8 bytes, value by value, without building a tree.
///
///     var reader = try JSONReader(bytes.span)
///     try reader.beginObject()
///     while let name = try reader.nextMember() {
///       switch name {
///       case "title": title = try reader.string()
///       case "tags":
///         try reader.beginArray()
///         while try reader.nextElement() { tags.append(try reader.string()) }
///       default: try reader.skip()
///       }
///     }
///     try reader.end()
///
/// Each member and element must be read or skipped before the next one is asked for; skipped values are checked as
/// strictly as read ones. After an error of code `wrongKind` or `outOfRange` the reader still stands before that value,
/// so that a caller may note the fault, skip it and go on; after any other error it is of no more use.
public struct JSONReader: ~Escapable {
  /// Arrays and objects that may lie inside each other.
  public static let maximumDepth = 64

  let bytes: Span<UInt8>
  var position = 0
  private var depth = 0
  /// Bit d is set when the container at depth d has had an element, so that a comma must precede the next.
  private var hasElement: UInt64 = 0
  private var names: MemberNames?

  /// - Parameter uniqueMembers: refuse an object that names a member twice (on by default; text that we wrote ourselves may do without).
  /// - Throws: `syntax` when the bytes are not UTF-8.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, uniqueMembers: Bool = true) throws(JSONError) {
    do {
      _ = try UTF8Span(validating: bytes)
    } catch {
      throw JSONError(.syntax, offset: error.byteOffsets.lowerBound, reason: "The text is not UTF-8")
    }
    self.bytes = bytes
    names = uniqueMembers ? MemberNames() : nil
  }

  /// Where the next value begins, in octets from 0: ask before reading it, and give it to ``pointer(at:)`` for a fault.
  public var offset: Int {
    @_lifetime(self: copy self)
    mutating get {
      skipWhitespace()
      return position
    }
  }

  /// The JSON pointer (RFC 6901) of the value at `offset`. Reads the text again up to there: for faults only.
  public func pointer(at offset: Int) -> String { JSONPointer.locate(offset, in: bytes) }

  /// The kind of the next value, from its first character; the value itself is not yet checked.
  @_lifetime(self: copy self)
  public mutating func kind() throws(JSONError) -> JSONKind {
    skipWhitespace()
    guard position < bytes.count else { throw syntax("A value is missing") }
    switch bytes[unchecked: position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw syntax("No value begins like this")
    }
  }

  /// Enters an object; then ``nextMember()`` until it gives nil.
  @_lifetime(self: copy self)
  public mutating func beginObject() throws(JSONError) {
    try begin(UInt8(ascii: "{"), "An object is expected")
    names?.begin()
  }

  /// The name of the next member, whose value is to be read or skipped now; nil at the end of the object, which is left by it.
  @_lifetime(self: copy self)
  public mutating func nextMember() throws(JSONError) -> String? {
    guard try hasNext(before: UInt8(ascii: "}"), "A comma or } is expected") else {
      names?.end()
      return nil
    }
    skipWhitespace()
    let start = position
    guard start < bytes.count, bytes[unchecked: start] == UInt8(ascii: "\"") else {
      throw syntax("A member's name is expected")
    }
    let name = decode(try scanString())
    guard take(UInt8(ascii: ":")) else { throw syntax("A colon is expected") }
    if names?.insert(name) == false {
      throw JSONError(.duplicateMember, offset: start, reason: "This member is given twice")
    }
    return name
  }

  /// Enters an array; then ``nextElement()`` until it gives false.
  @_lifetime(self: copy self)
  public mutating func beginArray() throws(JSONError) {
    try begin(UInt8(ascii: "["), "An array is expected")
  }

  /// Whether an element follows, which is to be read or skipped now; false at the end of the array, which is left by it.
  @_lifetime(self: copy self)
  public mutating func nextElement() throws(JSONError) -> Bool {
    try hasNext(before: UInt8(ascii: "]"), "A comma or ] is expected")
  }

  @_lifetime(self: copy self)
  public mutating func string() throws(JSONError) -> String {
    try require(.string, "A string is expected")
    return decode(try scanString())
  }

  @_lifetime(self: copy self)
  public mutating func bool() throws(JSONError) -> Bool {
    try require(.bool, "true or false is expected")
    if takeLiteral("true") { return true }
    if takeLiteral("false") { return false }
    throw syntax("No value begins like this")
  }

  /// Takes a `null` if one is next; false, and nothing taken, if not.
  @_lifetime(self: copy self)
  public mutating func takeNull() throws(JSONError) -> Bool {
    guard try kind() == .null else { return false }
    guard takeLiteral("null") else { throw syntax("No value begins like this") }
    return true
  }

  /// Passes over the next value, checking it wholly.
  @_lifetime(self: copy self)
  public mutating func skip() throws(JSONError) {
    switch try kind() {
    case .object:
      try beginObject()
      while try nextMember() != nil { try skip() }
    case .array:
      try beginArray()
      while try nextElement() { try skip() }
    case .string: _ = try scanString()
    case .number: _ = try scanNumber()
    case .bool: _ = try bool()
    case .null: _ = try takeNull()
    }
  }

  /// Passes over the next value, checking it wholly, and gives the octets that it takes in the input.
  @_lifetime(self: copy self)
  public mutating func skippedRange() throws(JSONError) -> Range<Int> {
    let start = offset
    try skip()
    return start..<position
  }

  /// Checks that only white space is left.
  @_lifetime(self: copy self)
  public mutating func end() throws(JSONError) {
    skipWhitespace()
    guard position == bytes.count else { throw syntax("Something follows the end of the value") }
  }

  @_lifetime(self: copy self)
  private mutating func begin(_ opening: UInt8, _ reason: StaticString) throws(JSONError) {
    skipWhitespace()
    guard take(opening) else { throw try mismatch(reason) }
    guard depth < Self.maximumDepth else {
      throw JSONError(.tooDeep, offset: position - 1, reason: "More than 64 values lie inside each other")
    }
    hasElement &= ~(1 << UInt64(depth))
    depth += 1
  }

  @_lifetime(self: copy self)
  private mutating func hasNext(before closing: UInt8, _ reason: StaticString) throws(JSONError) -> Bool {
    if take(closing) {
      depth -= 1
      return false
    }
    let bit: UInt64 = 1 << UInt64(depth - 1)
    if hasElement & bit != 0 {
      guard take(UInt8(ascii: ",")) else { throw syntax(reason) }
    } else {
      hasElement |= bit
    }
    return true
  }

  @_lifetime(self: copy self)
  mutating func require(_ expected: JSONKind, _ reason: StaticString) throws(JSONError) {
    guard try kind() == expected else { throw JSONError(.wrongKind, offset: position, reason: reason) }
  }

  /// The error for a value of another kind: `syntax` when no value stands here at all.
  @_lifetime(self: copy self)
  private mutating func mismatch(_ reason: StaticString) throws(JSONError) -> JSONError {
    _ = try kind()
    return JSONError(.wrongKind, offset: position, reason: reason)
  }

  @_lifetime(self: copy self)
  mutating func skipWhitespace() {
    while position < bytes.count {
      switch bytes[unchecked: position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  @_lifetime(self: copy self)
  private mutating func take(_ byte: UInt8) -> Bool {
    skipWhitespace()
    guard position < bytes.count, bytes[unchecked: position] == byte else { return false }
    position += 1
    return true
  }

  @_lifetime(self: copy self)
  private mutating func takeLiteral(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard count <= bytes.count - position else { return false }
    for i in 0..<count where bytes[unchecked: position + i] != literal.utf8Start[i] { return false }
    position += count
    return true
  }

  func syntax(_ reason: StaticString) -> JSONError { JSONError(.syntax, offset: position, reason: reason) }
}

/// The six kinds of JSON values (RFC 8259 §3).
public enum JSONKind: Sendable {
  case object, array, string, number, bool, null
}
