import Testing

@testable import Tokens

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite("Digests")
struct DigestTests {
  // FIPS 180-4 examples.
  @Test("SHA-256 and SHA-1 of the standard's messages")
  func hashes() {
    #expect(hex(Digest.sha256(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hex(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hex(Digest.sha1(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test("HMAC-SHA-256 of RFC 4231, cases 1 to 4, 6 and 7")
  func hmac() {
    func code(_ key: [UInt8], _ message: [UInt8]) -> String { hex(HMAC.sha256(message, key: key)) }
    #expect(
      code(Array(repeating: 0x0B, count: 20), Array("Hi There".utf8))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      code(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      code(Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50))
        == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
    #expect(
      code(Array(1...25), Array(repeating: 0xCD, count: 50))
        == "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")
    let long = [UInt8](repeating: 0xAA, count: 131)
    #expect(
      code(long, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    #expect(
      code(
        long,
        Array(
          "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
            .utf8)) == "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")
    #expect(code([], []) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("comparison sees length and every octet")
  func comparison() {
    #expect(HMAC.isEqual([], []))
    #expect(HMAC.isEqual([1, 2], [1, 2]))
    #expect(!HMAC.isEqual([1, 2], [1, 3]))
    #expect(!HMAC.isEqual([1, 2], [1, 2, 0]))
  }

  @Test("random octets have the length asked for and do not repeat")
  func random() {
    for count in [0, 1, 7, 8, 33] { #expect(SecureRandom.bytes(count).count == count) }
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
  }
}
