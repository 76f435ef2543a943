/// The names met so far in each object that is open, to notice one that comes twice.
///
/// A few names are compared one by one, which needs no hashing; an object with many gets a set, whose hashing is seeded,
/// so that no input makes this quadratic.
struct MemberNames {
  private static let fewNames = 24

  private var open: [String] = []
  /// A number for each of them that equal names share, so that most unequal ones are told apart at once.
  private var fingerprints: [UInt64] = []
  private var starts: [Int] = []
  private var sets: [Int: Set<[UInt8]>] = [:]

  mutating func begin() {
    if starts.isEmpty {
      open.reserveCapacity(Self.fewNames)
      fingerprints.reserveCapacity(Self.fewNames)
    }
    starts.append(open.count)
  }

  mutating func end() {
    guard let start = starts.popLast() else { return }
    open.removeLast(open.count - start)
    fingerprints.removeLast(fingerprints.count - start)
    if !sets.isEmpty { sets[starts.count] = nil }
  }

  /// False when the innermost object has had this name. Names are equal when their code points are (RFC 8259 §8.3).
  mutating func insert(_ name: String) -> Bool {
    let start = starts.last ?? 0
    let level = starts.count - 1
    if open.count - start < Self.fewNames {
      let fingerprint = Self.fingerprint(name)
      for i in start..<open.count where fingerprints[i] == fingerprint && Self.isSame(open[i], name) { return false }
      open.append(name)
      fingerprints.append(fingerprint)
      return true
    }
    if sets[level] == nil { sets[level] = Set(open[start...].map(Self.codePoints)) }
    return sets[level]?.insert(Self.codePoints(name)).inserted ?? true
  }

  /// FNV-1a, 64 bits.
  private static func fingerprint(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  private static func isSame(_ a: String, _ b: String) -> Bool {
    a == b && a.utf8.elementsEqual(b.utf8)
  }

  private static func codePoints(_ name: String) -> [UInt8] { Array(name.utf8) }
}
