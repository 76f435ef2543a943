import Testing
import Tokens

@Suite("Bearer tokens")
struct JWTTests {
  // RFC 7515 A.1: its claims have `iss` and `exp` but no `sub`, so that we take the signature and refuse the claims.
  private static let rfcToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  private static let rfcKey = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"

  private let key = JWTKey(secret: "a secret of the laptop")

  private func token(header: String, payload: String) throws -> String {
    let signed = Base64.url.encode(header.utf8) + "." + Base64.url.encode(payload.utf8)
    return signed + "." + Base64.url.encode(HMAC.sha256(Array(signed.utf8), key: Array("a secret of the laptop".utf8)))
  }

  private func verify(_ payload: String, header: String = #"{"alg":"HS256"}"#, now: Double = 1000) throws -> JWTClaims {
    try #require(key).verify(try token(header: header, payload: payload), now: now)
  }

  @Test("the signature of RFC 7515 A.1 holds, and no other")
  func rfc() throws {
    let secret = try #require(Base64.url.decode(Self.rfcKey))
    let key = try #require(JWTKey(secret))
    #expect(throws: JWTError.noSubject) { try key.verify(Self.rfcToken, now: 0) }
    // Its last letter with a bit set that counts for nothing.
    #expect(throws: JWTError.malformed) { try key.verify(Self.rfcToken.dropLast() + "l", now: 0) }
    #expect(throws: JWTError.badSignature) { try key.verify(Self.rfcToken.replacing(".dBjf", with: ".eBjf"), now: 0) }
    let other = try #require(self.key)
    #expect(throws: JWTError.badSignature) { try other.verify(Self.rfcToken, now: 0) }
  }

  @Test("what is signed is verified until it expires")
  func roundTrip() throws {
    let key = try #require(key)
    let claims = JWTClaims(subject: "anna \"é\"", expiresAt: 2000, notBefore: 500.5)
    let token = key.sign(claims)
    #expect(try key.verify(token, now: 1999.9) == claims)
    #expect(throws: JWTError.expired) { try key.verify(token, now: 2000) }
    #expect(throws: JWTError.notYetValid) { try key.verify(token, now: 500) }
    #expect(try key.verify(token, now: 500.5) == claims)
    let another = try #require(JWTKey(secret: "another"))
    #expect(throws: JWTError.badSignature) { try another.verify(token, now: 1000) }
  }

  @Test("`sub` and `exp` are needed, and have their types")
  func claims() throws {
    #expect(try verify(#"{"sub":"a","exp":2e3,"aud":["x"],"iat":5000}"#).subject == "a")
    #expect(throws: JWTError.noSubject) { try verify(#"{"exp":2000}"#) }
    #expect(throws: JWTError.noSubject) { try verify(#"{"sub":"","exp":2000}"#) }
    #expect(throws: JWTError.noExpiry) { try verify(#"{"sub":"a"}"#) }
    for wrong in [
      #"{"sub":1,"exp":2000}"#, #"{"sub":"a","exp":"2000"}"#, #"{"sub":"a","exp":2000,"exp":3000}"#,
      #"{"sub":"a","exp":2000"#, "[]", "",
      #"{"sub":"a","exp":2000} x"#, #"{"sub":null,"exp":2000}"#, #"{"sub":"a","exp":2000,"nbf":true}"#,
    ] {
      #expect(throws: JWTError.malformed, "\(wrong)") { try verify(wrong) }
    }
  }

  @Test("only HS256 is taken, and nothing critical")
  func header() {
    let payload = #"{"sub":"a","exp":2000}"#
    for algorithm in ["none", "None", "HS512", "RS256", "hs256", ""] {
      #expect(throws: JWTError.unsupportedAlgorithm) { try verify(payload, header: #"{"alg":"\#(algorithm)"}"#) }
    }
    #expect(throws: JWTError.unsupportedAlgorithm) { try verify(payload, header: "{}") }
    #expect(throws: JWTError.criticalHeader) {
      try verify(payload, header: #"{"alg":"HS256","crit":["b64"],"b64":false}"#)
    }
    #expect(throws: JWTError.malformed) { try verify(payload, header: #"{"alg":"HS256","alg":"HS256"}"#) }
  }

  @Test(
    "what is no token at all is refused",
    arguments: ["", ".", "..", "a.b", "a.b.c.d", "é.é.é", "e30.e30", " e30.e30.e30", "e30.e30.e30="])
  func malformed(_ token: String) throws {
    let key = try #require(key)
    #expect(throws: JWTError.self) { try key.verify(token, now: 0) }
  }

  @Test("an unsigned token is refused, and an empty secret is no key")
  func unsigned() throws {
    let token = try token(header: #"{"alg":"HS256"}"#, payload: #"{"sub":"a","exp":2000}"#)
    let unsigned = token.split(separator: ".").prefix(2).joined(separator: ".") + "."
    let key = try #require(key)
    #expect(throws: JWTError.badSignature) { try key.verify(unsigned, now: 0) }
    #expect(JWTKey(secret: "") == nil)
  }
}
