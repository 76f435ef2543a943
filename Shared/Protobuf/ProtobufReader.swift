/// Reads the fields of one message in the Protocol Buffers wire format.
public struct ProtobufReader: ~Escapable {
  /// Messages that may lie inside each other, as Google's libraries have it.
  public static let maximumDepth = 100

  private enum WireType {
    static let varint: UInt64 = 0
    static let fixed64: UInt64 = 1
    static let lengthDelimited: UInt64 = 2
    static let groupStart: UInt64 = 3
    static let groupEnd: UInt64 = 4
    static let fixed32: UInt64 = 5
  }

  private let bytes: Span<UInt8>
  private var position = 0
  private let depth: Int
  /// The number of the field whose value is next, or was last.
  public private(set) var field = 0
  private var wireType: UInt64 = 0

  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) { self.init(bytes, depth: 1) }

  @_lifetime(copy bytes)
  private init(_ bytes: Span<UInt8>, depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  /// The number of the next field, whose value is to be read or skipped now; nil at the end of the message.
  @_lifetime(self: copy self)
  public mutating func nextField() throws(ProtobufError) -> Int? {
    guard position < bytes.count else { return nil }
    try readTag()
    return field
  }

  @_lifetime(self: copy self)
  public mutating func uint() throws(ProtobufError) -> UInt64 {
    try require(WireType.varint)
    return try varint()
  }

  /// An `int64`, or an `int32` or enum that was written as one.
  @_lifetime(self: copy self)
  public mutating func int() throws(ProtobufError) -> Int { Int(Int64(bitPattern: try uint())) }

  @_lifetime(self: copy self)
  public mutating func bool() throws(ProtobufError) -> Bool { try uint() != 0 }

  @_lifetime(self: copy self)
  public mutating func double() throws(ProtobufError) -> Double {
    try require(WireType.fixed64)
    let range = try take(8)
    var bits: UInt64 = 0
    for i in range.reversed() { bits = bits << 8 | UInt64(bytes[unchecked: i]) }
    return Double(bitPattern: bits)
  }

  @_lifetime(self: copy self)
  public mutating func string() throws(ProtobufError) -> String {
    let range = try lengthDelimited()
    do {
      return String(copying: try UTF8Span(validating: bytes.extracting(range)))
    } catch {
      throw .notUTF8(field: field)
    }
  }

  @_lifetime(self: copy self)
  public mutating func bytesValue() throws(ProtobufError) -> [UInt8] {
    let range = try lengthDelimited()
    return unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// One element of a repeated message, or a message that comes for the first time.
  @_lifetime(self: copy self)
  public mutating func message<M: ProtobufMessage>(_ type: M.Type = M.self) throws(ProtobufError) -> M {
    var message = M()
    try merge(into: &message)
    return message
  }

  /// A single message field: one that comes again is merged into the first, as the format asks for.
  @_lifetime(self: copy self)
  public mutating func message<M: ProtobufMessage>(into message: inout M?) throws(ProtobufError) {
    var merged = message ?? M()
    try merge(into: &merged)
    message = merged
  }

  /// One or more elements of a repeated `int64`, packed or not.
  @_lifetime(self: copy self)
  public mutating func ints(into values: inout [Int]) throws(ProtobufError) {
    guard wireType == WireType.lengthDelimited else { return values.append(try int()) }
    let range = try lengthDelimited()
    var packed = ProtobufReader(bytes.extracting(range), depth: depth)
    while packed.position < packed.bytes.count { values.append(Int(Int64(bitPattern: try packed.varint()))) }
  }

  /// Passes over the value of a field that is not known.
  @_lifetime(self: copy self)
  public mutating func skip() throws(ProtobufError) { try skip(groupDepth: depth) }

  @_lifetime(self: copy self)
  private mutating func skip(groupDepth: Int) throws(ProtobufError) {
    switch wireType {
    case WireType.varint: _ = try varint()
    case WireType.fixed64: _ = try take(8)
    case WireType.lengthDelimited: _ = try lengthDelimited()
    case WireType.fixed32: _ = try take(4)
    case WireType.groupStart:
      guard groupDepth < Self.maximumDepth else { throw .tooDeep }
      let group = field
      while true {
        guard position < bytes.count else { throw .truncated }
        try readTag()
        if wireType == WireType.groupEnd {
          guard field == group else { throw .badTag }
          return
        }
        try skip(groupDepth: groupDepth + 1)
      }
    case WireType.groupEnd: throw .badTag
    default: throw .badWireType(field: field)
    }
  }

  @_lifetime(self: copy self)
  private mutating func merge<M: ProtobufMessage>(into message: inout M) throws(ProtobufError) {
    let range = try lengthDelimited()
    guard depth < Self.maximumDepth else { throw .tooDeep }
    var inner = ProtobufReader(bytes.extracting(range), depth: depth + 1)
    try message.merge(from: &inner)
  }

  @_lifetime(self: copy self)
  private mutating func readTag() throws(ProtobufError) {
    let tag = try varint()
    guard tag >> 3 != 0, tag < 1 << 32 else { throw .badTag }
    field = Int(tag >> 3)
    wireType = tag & 7
  }

  private func require(_ expected: UInt64) throws(ProtobufError) {
    guard wireType == expected else { throw .badWireType(field: field) }
  }

  @_lifetime(self: copy self)
  private mutating func lengthDelimited() throws(ProtobufError) -> Range<Int> {
    try require(WireType.lengthDelimited)
    let length = try varint()
    guard length <= UInt64(bytes.count - position) else { throw .truncated }
    return try take(Int(length))
  }

  @_lifetime(self: copy self)
  private mutating func take(_ count: Int) throws(ProtobufError) -> Range<Int> {
    guard count <= bytes.count - position else { throw .truncated }
    let start = position
    position += count
    return start..<position
  }

  @_lifetime(self: copy self)
  private mutating func varint() throws(ProtobufError) -> UInt64 {
    guard let decoded = try Varint.decode(bytes, at: position) else { throw .truncated }
    position += decoded.length
    return decoded.value
  }
}
