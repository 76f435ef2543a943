import JSON
import Testing

@Suite("JSON as a tree")
struct JSONValueTests {
  @Test(
    "a number keeps all its digits when it is written again",
    arguments: [
      "12345678901234567890", "-9223372036854775809", "0.1234567890123456789", "1e400", "3.141592653589793", "1e-320",
    ])
  func digits(_ text: String) throws {
    #expect(String(decoding: try JSONValue(parsing: Array(text.utf8)).bytes, as: UTF8.self) == text)
  }

  @Test("order of members and all values survive")
  func roundTrip() throws {
    let text = #"{"z":1,"a":[null,true,-2,0.5,"x\n"],"m":{"y":{},"b":[]}}"#
    #expect(String(decoding: try JSONValue(parsing: Array(text.utf8)).bytes, as: UTF8.self) == text)
  }

  @Test("values are reached and changed by name and index")
  func access() {
    var value: JSONValue = ["a": [1, 2.0, "x"], "b": nil]
    #expect(value["a"]?[0]?.int == 1)
    #expect(value["a"]?[1]?.int == 2)
    #expect(value["a"]?[2]?.string == "x")
    #expect(value["a"]?[3] == nil)
    #expect(value["b"]?.isNull == true)
    #expect(value["c"] == nil)
    value["c"] = true
    value["a"] = nil
    #expect(value == ["b": nil, "c": true])
    #expect(JSONValue.number("18446744073709551615").int == nil)
    #expect(JSONValue.number("18446744073709551615").double == 18446744073709551615.0)
    #expect(JSONValue.double(2.5).int == nil)
  }
}
