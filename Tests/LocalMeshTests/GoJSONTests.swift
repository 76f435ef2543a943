import JSON
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
  }

  @Test func keysAreSortedAndMarkupIsEscaped() throws {
    let value = try JSONValue(parsing: Array(#"{"b":"<&>\u2028","a":{"é":1,"z":"\u0001\t"}}"#.utf8))
    #expect(
      String(decoding: GoJSON.encode(value), as: UTF8.self)
        == #"{"a":{"z":"\u0001\t","é":1},"b":"\u003c\u0026\u003e\u2028"}"#)
  }
}
