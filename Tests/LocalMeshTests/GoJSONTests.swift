import JSON
import SeededRandom
import Testing

@testable import LocalMesh

@Suite struct GoJSONTests {
  @Test(arguments: [
    ("1.0", "1"), ("1E5", "100000"), ("0.1", "0.1"), ("-2.50", "-2.5"), ("1e20", "100000000000000000000"),
    ("1e21", "1e+21"), ("1.5e300", "1.5e+300"), ("0.000001", "0.000001"), ("0.0000001", "1e-7"),
    ("9007199254740993", "9007199254740992"), ("1234567890123456789", "1234567890123456800"), ("0", "0"),
    ("-0.0", "-0"), ("123456789.125", "123456789.125"), ("1e15", "1000000000000000"), ("5e-324", "5e-324"),
  ])
  func numbersAreFloat64(text: String, expected: String) throws {
    #expect(String(decoding: GoJSON.encode(try JSONValue(parsing: Array(text.utf8))), as: UTF8.self) == expected)
    #expect(String(decoding: try GoJSON.rewrite(Array(text.utf8)), as: UTF8.self) == expected)
  }

  /// The text that is rewritten as it is read equals the one that a tree gives.
  @Test func rewritingGivesWhatDecodingAndEncodingGives() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      let text = Self.value(&random, depth: 0)
      let tree = GoJSON.encode(try GoJSON.decode(Array(text.utf8)))
      #expect(try GoJSON.rewrite(Array(text.utf8)) == tree, "\(text)")
    }
  }

  @Test func ofADoubledMemberTheLastIsRewritten() throws {
    let text = #"{"b":{"y":1,"x":2},"a":1,"b":[3,{"d":1,"c":null}],"a":true}"#
    #expect(
      String(decoding: try GoJSON.rewrite(Array(text.utf8)), as: UTF8.self) == #"{"a":true,"b":[3,{"c":null,"d":1}]}"#)
  }

  private static let words = [
    "", "a", "B", "é", "zz", "a b", "<", "&>", "\u{2028}", "\u{202A}", "😀", #"\n"#, #"\u0001"#, #"\u2029"#,
    #"\""#, #"\/"#, #"\ud83d\ude00"#, "id", "title", "e\u{301}",
  ]
  private static let numbers = [
    "0", "-0", "12", "-7", "999999999999999", "1000000000000000", "9007199254740993", "1.50", "2.0", "1e2", "1E-7",
    "-1.5e+300", "1e21",
  ]

  private static func value(_ random: inout SplitMix, depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
    case 0: return "\"" + words.randomElement(using: &random)! + words.randomElement(using: &random)! + "\""
    case 1: return numbers.randomElement(using: &random)!
    case 2: return ["true", "false", "null"].randomElement(using: &random)!
    case 3: return "\"" + words.randomElement(using: &random)! + "\""
    case 4:
      let elements = (0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth + 1) }
      return "[" + elements.joined(separator: " , ") + "]"
    default:
      let members = (0..<Int.random(in: 0..<8, using: &random)).map { _ in
        "\"" + words.randomElement(using: &random)! + "\" :" + value(&random, depth: depth + 1)
      }
      return "{ " + members.joined(separator: ",") + "}"
    }
  }

  @Test func keysAreSortedAndMarkupIsEscaped() throws {
    let value = try JSONValue(parsing: Array(#"{"b":"<&>\u2028","a":{"é":1,"z":"\u0001\t"}}"#.utf8))
    #expect(
      String(decoding: GoJSON.encode(value), as: UTF8.self)
        == #"{"a":{"z":"\u0001\t","é":1},"b":"\u003c\u0026\u003e\u2028"}"#)
  }
}
