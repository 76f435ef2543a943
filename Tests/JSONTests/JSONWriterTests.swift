import JSON
import Testing

@Suite("Writing")
struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test("commas, colons and nesting come by themselves")
  func structure() {
    let written = text {
      $0.object {
        $0.key("a")
        $0.array {
          $0.int(1)
          $0.int(-20)
          $0.object { _ in }
          $0.array { _ in }
          $0.null()
        }
        $0.key(named: "b\"")
        $0.bool(true)
        $0.key("raw")
        $0.raw(Array("{\"x\":1}".utf8))
        $0.key("d")
        $0.double(0.1)
        $0.key("p")
        $0.plainString { $0 += Array("2027".utf8) }
        $0.key("nan")
        $0.double(.nan)
      }
    }
    #expect(written == #"{"a":[1,-20,{},[],null],"b\"":true,"raw":{"x":1},"d":0.1,"p":"2027","nan":null}"#)
  }

  @Test("only what must be escaped is escaped")
  func escapes() {
    #expect(
      text { $0.string("a\"b\\c/d\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}é😀\u{2028}<") }
        == "\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0000\\u001f\u{7F}é😀\u{2028}<\"")
    #expect(text { $0.string("") } == "\"\"")
  }

  @Test("the outermost integers are written whole")
  func integers() {
    #expect(text { $0.int(.max) } == "9223372036854775807")
    #expect(text { $0.int(.min) } == "-9223372036854775808")
    #expect(text { $0.int(0) } == "0")
  }

  @Test("an error of the closure comes through")
  func throwing() {
    struct Refusal: Error {}
    var writer = JSONWriter()
    #expect(throws: Refusal.self) { try writer.object { _ in throw Refusal() } }
  }
}
