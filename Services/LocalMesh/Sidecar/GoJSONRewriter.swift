import JSON

/// Writes JSON that is being read as ``GoJSON`` would write what it decodes to, without a tree between: every state value
/// and every bulk event passes here.
struct GoJSONRewriter: ~Copyable {
  private(set) var bytes: [UInt8] = []
  /// The members of the objects that are open, the innermost last: their names, and where they stand in `bytes`.
  private var members: [(name: String, place: Range<Int>)] = []

  private let exactNumbers: Bool

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
    completion: (_ has: (String) -> Bool) -> [JSONValue.Member] = { _ in [] }
  ) throws(JSONError) {
    try reader.beginObject()
    bytes.append(UInt8(ascii: "{"))
    let first = members.count
    let start = bytes.count
    while let name = try reader.nextMember() {
      let place = begin(name, first)
      try value(from: &reader, of: text)
      members.append((name, place..<bytes.count))
    }
    let own = members[first...]
    for member in completion({ name in own.contains { $0.name == name } }) {
      let place = begin(member.name, first)
      bytes += GoJSON.encode(member.value, exactNumbers: exactNumbers)
      members.append((member.name, place..<bytes.count))
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
    let isSorted = (first..<members.count).dropFirst().allSatisfy {
      GoJSON.order(members[$0 - 1].name, members[$0].name) < 0
    }
    if isSorted { return }
    let order = (first..<members.count).sorted { a, b in
      let order = GoJSON.order(members[a].name, members[b].name)
      return order == 0 ? a < b : order < 0
    }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(bytes.count - start)
    for (position, index) in order.enumerated() {
      let isRepeated =
        position + 1 < order.count && GoJSON.order(members[index].name, members[order[position + 1]].name) == 0
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
