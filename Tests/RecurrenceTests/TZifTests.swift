import Recurrence
import Testing

@Suite("TZif files")
struct TZifTests {
  private func file(
    version: Character = "2", transitions: [Int64] = [], types: [UInt8] = [], offsets: [Int32] = [3600],
    footer: String = "\nABC-1\n", leaps: UInt32 = 0
  ) -> [UInt8] {
    func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
    func header(_ counts: [UInt32]) -> [UInt8] {
      Array("TZif\(version)".utf8) + Array(repeating: 0, count: 15) + counts.flatMap(bigEndian)
    }
    return header([0, 0, 0, 0, 1, 4]) + [0, 0, 0, 0, 0, 0] + Array("LMT\0".utf8)
      + header([0, 0, leaps, UInt32(transitions.count), UInt32(offsets.count), 4])
      + transitions.flatMap(bigEndian) + types + offsets.flatMap { bigEndian($0) + [0, 0] } + Array("LMT\0".utf8)
      + Array(footer.utf8)
  }

  private func offset(_ file: [UInt8], _ seconds: Int) throws -> Int {
    try TimeZoneRules(name: "Test", tzif: file).offset(at: Instant(secondsSinceEpoch: seconds))
  }

  @Test("Before the first transition the first type holds, after the last one the footer, or else the last type")
  func ends() throws {
    let plain = file(transitions: [0, 100], types: [1, 0], offsets: [3600, 7200], footer: "\n\n")
    #expect(try [-1, 0, 99, 100, 1 << 40].map { try offset(plain, $0) } == [3600, 7200, 7200, 3600, 3600])
    let withFooter = file(transitions: [0, 100], types: [1, 0], offsets: [3600, 7200], footer: "\nXYZ5\n")
    #expect(try [99, 100].map { try offset(withFooter, $0) } == [7200, -18_000])
  }

  @Test(
    "Footers",
    arguments: [
      // On 1 July 2030, 1 January 2030.
      ("EST5EDT,M3.2.0,M11.1.0", -4.0, -5.0), ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 10.5, 11.0),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", 1.0, 0.0), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -1.0, -2.0),
      ("ABC-3:30", 3.5, 3.5), ("XXX3EDT4,0/0,J365/23", -4.0, -4.0), ("AAA0BBB,J60/0,J300/0", 1.0, 0.0),
      ("AAA0BBB,59/0,299/24", 1.0, 0.0), ("AAA0BBB-2,J182/-1,J183", 2.0, 0.0),
    ])
  func footers(text: String, july: Double, january: Double) throws {
    let bytes = file(footer: "\n\(text)\n")
    #expect(try offset(bytes, 1_909_094_400) == Int(july * 3600))
    #expect(try offset(bytes, 1_893_456_000) == Int(january * 3600))
  }

  @Test("The day of a footer's rule moves with the leap day only where POSIX says so")
  func leapDays() throws {
    // 2028-02-29T00:00Z, 2028-03-01T00:00Z, 2029-03-01T00:00Z
    let (leapDay, march, nextMarch) = (1_835_395_200, 1_835_481_600, 1_867_017_600)
    let julian = file(footer: "\nAAA0BBB,J60/0,J300/0\n")
    #expect(
      try [leapDay, march - 1, march, nextMarch - 1, nextMarch].map { try offset(julian, $0) } == [0, 0, 3600, 0, 3600])
    let counted = file(footer: "\nAAA0BBB,59/0,299/0\n")
    #expect(
      try [leapDay - 1, leapDay, march, nextMarch - 1, nextMarch].map { try offset(counted, $0) } == [
        0, 3600, 3600, 0, 3600,
      ])
  }

  @Test("A file that breaks RFC 9636 is refused, however it is cut or bent")
  func malformed() throws {
    let good = file(transitions: [0, 100], types: [1, 0], offsets: [3600, 7200])
    _ = try TimeZoneRules(name: "Test", tzif: good)
    for length in 0..<good.count {
      #expect(throws: TimeZoneError.self, "\(length)") { try TimeZoneRules(name: "Test", tzif: Array(good[..<length])) }
    }
    let bad = [
      file(version: "\0"), file(transitions: [5, 5], types: [0, 0]), file(transitions: [5], types: [1]),
      file(offsets: [100_000]),
      file(offsets: []), file(footer: "\nEST5EDT\n"), file(footer: "\nEST5EDT,M13.1.0,M11.1.0\n"),
      file(footer: "\nX5\n"),
      file(leaps: 1), Array("# not a zone".utf8),
    ]
    for (index, bytes) in bad.enumerated() {
      let error = #expect(throws: TimeZoneError.self, "\(index)") { try TimeZoneRules(name: "Test", tzif: bytes) }
      #expect(error?.code == .malformed)
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var bent = good
      for _ in 0..<3 {
        bent[Int.random(in: 0..<bent.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      if let zone = try? TimeZoneRules(name: "Test", tzif: bent) {
        _ = zone.instant(of: try WallTime("2027-07-01T12:00:00"))
      }
    }
  }
}
