/// What a TZif file (RFC 9636) says: its transitions in 64 bits and the POSIX rule for the time after them.
struct TZifFile {
  /// Seconds from the epoch at which the offset changes, ascending.
  private(set) var transitions: [Int] = []
  /// Seconds east of UTC from each transition on.
  private(set) var offsets: [Int] = []
  /// Seconds east of UTC before the first transition.
  private(set) var initialOffset = 0
  /// What holds after the last transition; nil when the file leaves it at the last offset.
  private(set) var footer: POSIXZone?

  struct Fault: Error {
    let reason: String
  }

  /// The offsets that RFC 9636 §3.2 allows, with a day's margin on the wall to spare: more than -25 h, less than 26 h.
  static let offsetRange = -89_999...93_599

  init(_ file: [UInt8]) throws(Fault) {
    var reader = Reader(bytes: file)
    let first = try Header(&reader)
    guard first.version >= UInt8(ascii: "2") else {
      throw Fault(reason: "the file has no 64-bit data (TZif version 1)")
    }
    try reader.skip(first.bodySize(timeSize: 4))
    let header = try Header(&reader)
    guard header.leapCount == 0 else {
      throw Fault(reason: "the file counts leap seconds, which this service does not")
    }
    guard header.typeCount > 0 else { throw Fault(reason: "the file has no local time type") }

    for _ in 0..<header.timeCount {
      let time = Int(try reader.bigEndian(Int64.self))
      if let last = transitions.last, time <= last { throw Fault(reason: "the transitions are not in ascending order") }
      transitions.append(time)
    }
    var types: [Int] = []
    for _ in 0..<header.timeCount { types.append(Int(try reader.bigEndian(UInt8.self))) }
    var typeOffsets: [Int] = []
    for _ in 0..<header.typeCount {
      let offset = Int(try reader.bigEndian(Int32.self))
      guard Self.offsetRange.contains(offset) else { throw Fault(reason: "an offset of \(offset) s is out of range") }
      typeOffsets.append(offset)
      try reader.skip(2)
    }
    for type in types {
      guard type < typeOffsets.count else { throw Fault(reason: "a transition names a missing local time type") }
      offsets.append(typeOffsets[type])
    }
    initialOffset = typeOffsets[0]
    try reader.skip(header.characterCount + header.standardCount + header.utcCount)
    footer = try Self.footer(&reader)
  }

  /// The TZ string between two line feeds; an empty one says nothing.
  private static func footer(_ reader: inout Reader) throws(Fault) -> POSIXZone? {
    let lineFeed = UInt8(ascii: "\n")
    guard try reader.bigEndian(UInt8.self) == lineFeed else { throw Fault(reason: "the footer is missing") }
    var text: [UInt8] = []
    while true {
      let byte = try reader.bigEndian(UInt8.self)
      if byte == lineFeed { break }
      text.append(byte)
    }
    guard !text.isEmpty else { return nil }
    guard let zone = POSIXZone(text.span) else { throw Fault(reason: "the footer is not a POSIX TZ string") }
    return zone
  }

  private struct Header {
    let version: UInt8
    let utcCount, standardCount, leapCount, timeCount, typeCount, characterCount: Int

    init(_ reader: inout Reader) throws(Fault) {
      for letter in "TZif".utf8 {
        guard try reader.bigEndian(UInt8.self) == letter else { throw Fault(reason: "the file is not TZif") }
      }
      version = try reader.bigEndian(UInt8.self)
      try reader.skip(15)
      utcCount = Int(try reader.bigEndian(UInt32.self))
      standardCount = Int(try reader.bigEndian(UInt32.self))
      leapCount = Int(try reader.bigEndian(UInt32.self))
      timeCount = Int(try reader.bigEndian(UInt32.self))
      typeCount = Int(try reader.bigEndian(UInt32.self))
      characterCount = Int(try reader.bigEndian(UInt32.self))
    }

    /// Octets of what follows the header, with times of `timeSize` octets.
    func bodySize(timeSize: Int) -> Int {
      timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4) + standardCount
        + utcCount
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func skip(_ count: Int) throws(Fault) {
      guard count <= bytes.count - position else { throw Fault(reason: "the file ends too early") }
      position += count
    }

    mutating func bigEndian<T: FixedWidthInteger>(_ type: T.Type) throws(Fault) -> T {
      let start = position
      try skip(T.bitWidth / 8)
      return bytes[start..<position].reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }
  }
}
