import Testing
import Tokens

@Suite("Base64")
struct Base64Tests {
  @Test("the examples of RFC 4648 both ways")
  func examples() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.standard.encode(text.utf8) == encoded)
      #expect(Base64.standard.decode(encoded) == Array(text.utf8))
      let bare = encoded.replacing("=", with: "")
      #expect(Base64.url.encode(text.utf8) == bare)
      #expect(Base64.url.decode(bare) == Array(text.utf8))
    }
    #expect(Base64.standard.encode([0xFB, 0xFF, 0xFE]) == "+//+")
    #expect(Base64.url.encode([0xFB, 0xFF, 0xFE]) == "-__-")
  }

  @Test("all octets survive")
  func roundTrip() {
    for length in 0...66 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
      #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
      #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
    }
  }

  @Test(
    "what no encoder writes is refused",
    arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "=", "Zm 9", "Zm9v\n", "-__-", "Zm9v="])
  func strictStandard(_ text: String) {
    #expect(Base64.standard.decode(text) == nil)
  }

  @Test("and so it is for URLs", arguments: ["Z", "Zg==", "Zh", "Zm9", "+//+", "Zm9v ", "é"])
  func strictURL(_ text: String) {
    #expect(Base64.url.decode(text) == nil)
  }
}
