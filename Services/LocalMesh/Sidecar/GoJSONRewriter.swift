import JSON

/// Writes JSON that is being read as ``GoJSON`` would write what it decodes to, without a tree between: every state value
/// and every bulk event passes here.
struct GoJSONRewriter: ~Copyable {
  private(set) var bytes: [UInt8] = []
  /// The members of the objects that are open, the innermost last.
  private var members: [Member] = []
  private let exactNumbers: Bool

  private struct Member {
    let name: String
    /// The first eight octets of the name, which mostly tell the order.
    let rank: UInt64
    /// Where it stands in `bytes`.
    let place: Range<Int>

    init(_ name: String, _ place: Range<Int>) {
      self.name = name
      let octets = name.utf8Span.span
      var rank: UInt64 = 0
      for i in 0..<8 { rank = rank << 8 | (i < octets.count ? UInt64(octets[i]) : 0) }
      self.rank = rank
      self.place = place
    }

    /// Below zero when the name comes before the other's; zero only when they are the same.
    func order(_ other: Member) -> Int {
      rank == other.rank ? GoJSON.order(name, other.name) : rank < other.rank ? -1 : 1
    }
  }

  /// - Parameter exactNumbers: whether numbers keep their digits, as where daprd decodes with `UseNumber`.
  init(capacity: Int, exactNumbers: Bool = false) {
    self.exactNumbers = exactNumbers
    bytes.reserveCapacity(capacity)
  }

  /// Rewrites the next value of `reader`, which reads `text`.
  mutating func value(from reader: inout JSONReader, of text: Span<UInt8>) throws(JSONError) {
    switch try reader.kind() {
    case .string: try string(from: &reader, of: text)
    case .number: try number(from: &reader, of: text)
    case .bool: bytes += (try reader.bool() ? "true" : "false").utf8
    case .null:
      _ = try reader.takeNull()
      bytes += "null".utf8
    case .array:
      try reader.beginArray()
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      while try reader.nextElement() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        try value(from: &reader, of: text)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object: try object(from: &reader, of: text)
    }
  }

  /// Rewrites the next value, which is an object.
  /// - Parameter completion: members that it gets in place of those with their names; asked once its own names are known.
  mutating func object(
    from reader: inout JSONReader, of text: Span<UInt8>,
    completion: ((_ has: (String) -> Bool) -> [JSONValue.Member])? = nil
  ) throws(JSONError) {
    try reader.beginObject()
    bytes.append(UInt8(ascii: "{"))
    let first = members.count
    let start = bytes.count
    while let name = try reader.nextMember() {
      let place = begin(name, first)
      try value(from: &reader, of: text)
      members.append(Member(name, place..<bytes.count))
    }
    if let completion {
      let own = Set(members[first...].map(\.name))
      for member in completion(own.contains) {
        let place = begin(member.name, first)
        bytes += GoJSON.encode(member.value, exactNumbers: exactNumbers)
        members.append(Member(member.name, place..<bytes.count))
      }
    }
    sort(from: first, start)
    members.removeLast(members.count - first)
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func begin(_ name: String, _ first: Int) -> Int {
    if members.count > first { bytes.append(UInt8(ascii: ",")) }
    let place = bytes.count
    GoJSON.write(name, &bytes)
    bytes.append(UInt8(ascii: ":"))
    return place
  }

  /// Puts the innermost object's members in Go's order; of a doubled name the last stays.
  private mutating func sort(from first: Int, _ start: Int) {
    let isSorted = (first..<members.count).dropFirst().allSatisfy { members[$0 - 1].order(members[$0]) < 0 }
    if isSorted { return }
    members[first...].sort { a, b in
      let order = a.order(b)
      return order == 0 ? a.place.lowerBound < b.place.lowerBound : order < 0
    }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(bytes.count - start)
    for index in first..<members.count {
      let isRepeated = index + 1 < members.count && members[index].order(members[index + 1]) == 0
      if isRepeated { continue }
      if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
      sorted += bytes[members[index].place]
    }
    bytes.removeLast(bytes.count - start)
    bytes += sorted
  }

  /// A string that Go would write as it stands is copied.
  private mutating func string(from reader: inout JSONReader, of text: Span<UInt8>) throws(JSONError) {
    let range = try reader.skippedRange()
    let inside = text.extracting(range.lowerBound + 1..<range.upperBound - 1)
    for i in 0..<inside.count where GoJSON.lengthToEscape(inside, at: i) > 0 {
      let string = try JSONValue(parsing: Self.copy(text.extracting(range)))
      return GoJSON.write(string.string ?? "", &bytes)
    }
    GoJSON.append(text.extracting(range), &bytes)
  }

  /// A float64 gives up to 15 digits back.
  private mutating func number(from reader: inout JSONReader, of text: Span<UInt8>) throws(JSONError) {
    let digits = text.extracting(try reader.skippedRange())
    var isPlain = exactNumbers || digits.count <= 15
    for i in 0..<digits.count where isPlain && !exactNumbers {
      isPlain = digits[i] &- UInt8(ascii: "0") < 10 || i == 0 && digits[i] == UInt8(ascii: "-")
    }
    if isPlain { return GoJSON.append(digits, &bytes) }
    GoJSON.write(number: try JSONValue(parsing: Self.copy(digits)), &bytes)
  }

  private static func copy(_ span: Span<UInt8>) -> [UInt8] { span.withUnsafeBufferPointer { Array($0) } }
}

extension GoJSON {
  /// The one value of `text` as Go writes it.
  static func rewrite(_ text: [UInt8]) throws(JSONError) -> [UInt8] {
    var reader = try JSONReader(text.span, uniqueMembers: false)
    var rewriter = GoJSONRewriter(capacity: text.count + text.count / 8)
    try rewriter.value(from: &reader, of: text.span)
    try reader.end()
    return rewriter.bytes
  }
}
