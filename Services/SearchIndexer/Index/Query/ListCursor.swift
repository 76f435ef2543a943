import Recurrence
import SQLite
import TaskQuery
import Tokens

/// Where a page ended: the values that its last task is ordered by, and the time of the first page, so that relative dates
/// mean the same on every page. It names its query, and is refused with any other.
struct ListCursor: Equatable {
  let fingerprint: UInt64
  let now: Instant
  /// One for each term of the order.
  let values: [SQLiteValue]

  private static let format: UInt8 = 1

  /// Of an owner's query.
  static func fingerprint(_ query: ListQuery, owner: String) -> UInt64 {
    owner.utf8.reduce(query.fingerprint) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  var text: String {
    var bytes: [UInt8] = [Self.format]
    bytes.append(integer: fingerprint)
    bytes.append(integer: UInt64(bitPattern: Int64(now.secondsSinceEpoch)))
    bytes.append(integer: UInt64(now.nanoseconds))
    for value in values {
      switch value {
      case .int(let value):
        bytes.append(1)
        bytes.append(integer: UInt64(bitPattern: value))
      case .utf8(let value): bytes.append(tag: 2, value)
      case .blob(let value): bytes.append(tag: 3, value)
      case .null, .double, .text: bytes.append(0)
      }
    }
    return Base64.url.encode(bytes)
  }

  /// Nil when the text is no cursor.
  init?(_ text: String) {
    guard text.utf8.count <= 8_192, let bytes = Base64.url.decode(text) else { return nil }
    var reader = CursorReader(bytes: bytes[...])
    guard reader.octet() == Self.format, let fingerprint = reader.integer(), let seconds = reader.integer(),
      let nanoseconds = reader.integer(), nanoseconds < 1_000_000_000
    else { return nil }
    let secondsSinceEpoch = Int(Int64(bitPattern: seconds))
    // Instants of the years that texts may name: beyond them arithmetic could overflow.
    guard abs(secondsSinceEpoch / 2) < 200_000_000_000 else { return nil }
    var values: [SQLiteValue] = []
    while !reader.bytes.isEmpty {
      guard let value = reader.value() else { return nil }
      values.append(value)
    }
    self.init(
      fingerprint: fingerprint, now: Instant(secondsSinceEpoch: secondsSinceEpoch, nanoseconds: Int(nanoseconds)),
      values: values)
  }

  init(fingerprint: UInt64, now: Instant, values: [SQLiteValue]) {
    self.fingerprint = fingerprint
    self.now = now
    self.values = values
  }
}

private struct CursorReader {
  var bytes: ArraySlice<UInt8>

  mutating func octet() -> UInt8? { bytes.popFirst() }

  mutating func integer() -> UInt64? {
    guard bytes.count >= 8 else { return nil }
    defer { bytes.removeFirst(8) }
    return bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func value() -> SQLiteValue? {
    switch octet() {
    case 0: return .null
    case 1: return integer().map { .int(Int64(bitPattern: $0)) }
    case 2: return octets().map { .utf8($0) }
    case 3: return octets().map { .blob($0) }
    default: return nil
    }
  }

  private mutating func octets() -> [UInt8]? {
    guard let high = octet(), let low = octet() else { return nil }
    let count = Int(high) << 8 | Int(low)
    guard bytes.count >= count else { return nil }
    defer { bytes.removeFirst(count) }
    return Array(bytes.prefix(count))
  }
}

extension [UInt8] {
  fileprivate mutating func append(integer: UInt64) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) { append(UInt8(truncatingIfNeeded: integer >> shift)) }
  }

  /// A title has at most 500 characters: 16 bits hold the length of its folding.
  fileprivate mutating func append(tag: UInt8, _ octets: [UInt8]) {
    append(tag)
    append(UInt8(truncatingIfNeeded: octets.count >> 8))
    append(UInt8(truncatingIfNeeded: octets.count))
    append(contentsOf: octets)
  }
}
