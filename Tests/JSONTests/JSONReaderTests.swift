import JSON
import Testing

@Suite("Reading value by value")
struct JSONReaderTests {
  private func int(_ text: String) throws(JSONError) -> Int {
    let bytes = Array(text.utf8)
    var reader = try JSONReader(bytes.span)
    let value = try reader.int()
    try reader.end()
    return value
  }

  @Test(
    "a number that is an integer by value is one",
    arguments: [
      ("2", 2), ("2.0", 2), ("20e-1", 2), ("0.2e1", 2), ("2E0", 2), ("-2.000", -2), ("0.0", 0), ("-0", 0),
      ("0e99999999999999999999", 0),
      ("1e18", 1_000_000_000_000_000_000), ("9223372036854775807.0", Int.max), ("-9223372036854775808", Int.min),
      ("100000e-5", 1),
    ])
  func integers(_ text: String, _ value: Int) throws {
    #expect(try int(text) == value)
  }

  @Test("other numbers are not, and the reader stays before them")
  func notIntegers() throws {
    for (text, code) in [
      ("2.5", .wrongKind), ("1e-1", .wrongKind), ("9223372036854775808", .outOfRange), ("1e19", .outOfRange),
      ("1e-9223372036854775808", .outOfRange), ("1e99999999999999999999", .outOfRange), ("\"2\"", .wrongKind),
      ("null", .wrongKind),
    ] as [(String, JSONError.Code)] {
      let bytes = Array(text.utf8)
      var reader = try JSONReader(bytes.span)
      do throws(JSONError) {
        _ = try reader.int()
        Issue.record("\(text) was read")
      } catch {
        #expect(error.code == code && error.offset == 0, "\(text)")
      }
      try reader.skip()
      try reader.end()
    }
  }

  @Test("doubles read as the nearest, and refuse what is too large")
  func doubles() throws {
    let bytes = Array("[0.1, 5e-324, 1.7976931348623157e308, 1e400]".utf8)
    var reader = try JSONReader(bytes.span)
    try reader.beginArray()
    var read: [Double] = []
    var refused = 0
    while try reader.nextElement() {
      do throws(JSONError) { read.append(try reader.double()) } catch {
        #expect(error.code == .outOfRange)
        refused += 1
        try reader.skip()
      }
    }
    try reader.end()
    #expect(read == [0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    #expect(refused == 1)
  }

  @Test("a fault of kind can be noted with its pointer, skipped, and reading goes on")
  func faults() throws {
    let bytes = Array(#"{"a/b": {"c~": [1, {"d": "\"x{,"}, true]}, "n": null}"#.utf8)
    var reader = try JSONReader(bytes.span)
    var faults: [String] = []
    try reader.beginObject()
    #expect(try reader.nextMember() == "a/b")
    try reader.beginObject()
    #expect(try reader.nextMember() == "c~")
    try reader.beginArray()
    while try reader.nextElement() {
      do throws(JSONError) { _ = try reader.int() } catch {
        #expect(error.code == .wrongKind)
        #expect(error.offset == reader.offset)
        faults.append(reader.pointer(at: error.offset))
        try reader.skip()
      }
    }
    #expect(try reader.nextMember() == nil)
    #expect(try reader.nextMember() == "n")
    #expect(reader.pointer(at: reader.offset) == "/n")
    #expect(try reader.takeNull())
    #expect(try reader.nextMember() == nil)
    try reader.end()
    #expect(faults == ["/a~1b/c~0/1", "/a~1b/c~0/2"])
  }

  @Test("the bytes of a skipped value can be taken as they are")
  func skippedRange() throws {
    let bytes = Array(#"{"x": [1, {"y":"z"}] , "w":2}"#.utf8)
    var reader = try JSONReader(bytes.span)
    try reader.beginObject()
    _ = try reader.nextMember()
    #expect(Array(bytes[try reader.skippedRange()]) == Array(#"[1, {"y":"z"}]"#.utf8))
  }

  @Test("no mutation of a text makes the reader trap, and every error lies within it")
  func mutations() {
    let text = Array(#"{"id":"0195","n":[1,-2.5e3,{"a":null}],"t":"é\n\ud83d\ude00","b":true}"#.utf8)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        default: bytes.insert(text[Int.random(in: 0..<text.count, using: &random)], at: at)
        }
      }
      do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        #expect((try? JSONValue(parsing: value.bytes)) == value, "\(bytes)")
      } catch {
        #expect((0...bytes.count).contains(error.offset), "\(bytes)")
        _ = JSONPointer.locate(error.offset, in: bytes.span)
      }
    }
  }
}
