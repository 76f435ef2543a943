import JSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

private func skip(_ bytes: [UInt8]) throws(JSONError) {
  var reader = try JSONReader(bytes.span)
  try reader.skip()
  try reader.end()
}

@Suite("What is JSON and what is not")
struct JSONGrammarTests {
  @Test(
    "is refused, read or skipped alike",
    arguments: [
      "", " ", "tru", "truex", "nul", "True", "NaN", "Infinity", "'a'", "+1", "01", "-01", "-", "1.", ".5", "1e", "1e+",
      "0x10", "--1",
      "1 2", "[1,]", "[,1]", "[1 2]", "[1", "[", "]", "{", "}", "{}}", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}",
      "{a:1}", "{1:1}",
      "{\"a\" 1}", "{\"a\":1 \"b\":2}", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
      "\"\\u+123\"", "\"\t\"",
      "\"\n\"", "\"\u{0}\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
      "\"\\ud83d\\u00e9\"",
      "[\"\\ud800\"]", "{\"\\udfff\":1}", "\u{FEFF}1", "// c\n1", "1/**/", "\u{A0}1", "[1}", "{\"a\":1]",
    ])
  func refusal(_ text: String) {
    #expect { try parse(text) } throws: { ($0 as? JSONError)?.code == .syntax }
    #expect { try skip(Array(text.utf8)) } throws: { ($0 as? JSONError)?.code == .syntax }
  }

  @Test(
    "bytes that are not UTF-8 are refused, with their place",
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
    ] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) {
    #expect { try JSONValue(parsing: bytes) } throws: {
      guard let error = $0 as? JSONError else { return false }
      return error.code == .syntax && error.offset == 1
    }
  }

  @Test(
    "is read",
    arguments: [
      ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", .double(-0.0)), ("12", 12), ("-7", -7),
      ("1.5", 1.5), ("1e2", 100.0),
      ("1E+2", 100.0), ("25e-1", 2.5), ("\"\"", ""), ("[]", []), ("{}", [:]),
      ("\r\n\t [ 1 , [ ] , { } ] ", [1, [], [:]]),
      ("{\"a\":{\"b\":[null]}}", ["a": ["b": [nil]]]),
      ("\"\\u0041\\n\\t\\r\\b\\f\\/\\\\\\\"\"", "A\n\t\r\u{8}\u{C}/\\\""),
      ("\"\\ud83d\\ude00é\\u00e9\"", "😀éé"), ("\"\\u0000\"", "\u{0}"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
      ("{\"\":1}", ["": 1]),
      ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
    ] as [(String, JSONValue)])
  func reading(_ text: String, _ value: JSONValue) throws {
    #expect(try parse(text) == value)
    try skip(Array(text.utf8))
  }

  @Test("64 levels are read, 65 are not, skipped or not")
  func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    _ = try parse(nested(64))
    _ = try parse("[" + nested(63) + "," + nested(63) + "]")
    #expect { try parse(nested(65)) } throws: { ($0 as? JSONError)?.code == .tooDeep }
    #expect { try skip(Array(nested(1_000_000).utf8)) } throws: { ($0 as? JSONError)?.code == .tooDeep }
  }

  @Test(
    "a member given twice is refused wherever it stands, by its code points",
    arguments: [
      ("{\"a\":1,\"a\":1}", "/a"), ("{\"a\":1,\"\\u0061\":1}", "/a"),
      ("[{\"x\":{\"b/c\":1,\"d\":2,\"b/c\":3}}]", "/0/x/b~1c"),
      ("{" + (0..<60).map { "\"n\($0)\":0" }.joined(separator: ",") + ",\"n7\":1}", "/n7"),
      ("{" + (0..<60).map { "\"n\($0)\":0" }.joined(separator: ",") + ",\"n59\":1}", "/n59"),
    ])
  func duplicates(_ text: String, pointer: String) {
    let bytes = Array(text.utf8)
    for read in [{ _ = try JSONValue(parsing: bytes) }, { try skip(bytes) }] as [() throws -> Void] {
      #expect { try read() } throws: {
        guard let error = $0 as? JSONError else { return false }
        return error.code == .duplicateMember && JSONPointer.locate(error.offset, in: bytes.span) == pointer
      }
    }
  }

  @Test("names alike in different objects, or by canonical equivalence only, are no duplicates")
  func noDuplicates() throws {
    _ = try parse("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"b\":1}")
    _ = try parse("{\"\\u00e9\":1,\"e\\u0301\":1}")
    let many = (0..<5000).map { "\"n\($0)\":{\"n1\":0}" }.joined(separator: ",")
    _ = try parse("{\(many)}")
  }
}
