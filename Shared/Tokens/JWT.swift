import JSON

/// What a bearer token says (RFC 7519 §4.1); other claims are left alone.
public struct JWTClaims: Sendable, Equatable {
  /// `sub`: the owner.
  public var subject: String
  /// `exp`, in seconds since 1970-01-01 in UTC: from then on the token is of no use.
  public var expiresAt: Double
  /// `nbf`, in seconds: before it the token is of no use.
  public var notBefore: Double?

  public init(subject: String, expiresAt: Double, notBefore: Double? = nil) {
    self.subject = subject
    self.expiresAt = expiresAt
    self.notBefore = notBefore
  }
}

/// Why a token is not taken.
public enum JWTError: Error, Sendable, Equatable {
  /// It is not three parts of base64url, or a part is not the JSON that it should be.
  case malformed
  /// `alg` is not `HS256`.
  case unsupportedAlgorithm
  /// The header has `crit`: it asks for something that is not understood (RFC 7515 §4.1.11).
  case criticalHeader
  case badSignature
  /// `sub` is missing or empty.
  case noSubject
  /// `exp` is missing.
  case noExpiry
  case expired
  /// `nbf` lies ahead.
  case notYetValid
}

/// Signs and verifies bearer tokens with a shared key: JWS compact serialisation (RFC 7515), HS256 (RFC 7518 §3.2).
public struct JWTKey: Sendable {
  private let key: [UInt8]

  /// - Parameter key: the secret's octets; nil comes back for none at all.
  public init?(_ key: [UInt8]) {
    guard !key.isEmpty else { return nil }
    self.key = key
  }

  /// The key that is the UTF-8 of a text.
  public init?(secret: String) { self.init(Array(secret.utf8)) }

  public func sign(_ claims: JWTClaims) -> String {
    var header = JSONWriter()
    header.object {
      $0.key("alg")
      $0.string("HS256")
      $0.key("typ")
      $0.string("JWT")
    }
    var payload = JSONWriter()
    payload.object {
      $0.key("sub")
      $0.string(claims.subject)
      $0.key("exp")
      $0.seconds(claims.expiresAt)
      if let notBefore = claims.notBefore {
        $0.key("nbf")
        $0.seconds(notBefore)
      }
    }
    let signed = Base64.url.encode(header.bytes) + "." + Base64.url.encode(payload.bytes)
    return signed + "." + Base64.url.encode(HMAC.sha256(Array(signed.utf8), key: key))
  }

  /// - Parameter now: seconds since 1970-01-01 in UTC.
  /// - Returns: the claims of a token that holds now.
  public func verify(_ token: String, now: Double) throws(JWTError) -> JWTClaims {
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64.url.decode(parts[0]), let payload = Base64.url.decode(parts[1]),
      let signature = Base64.url.decode(parts[2])
    else { throw .malformed }
    try check(header: header)
    let signed = token.utf8[..<parts[1].endIndex]
    guard HMAC.isEqual(signature, HMAC.sha256(Array(signed), key: key)) else { throw .badSignature }
    let claims = try read(payload)
    guard now < claims.expiresAt else { throw .expired }
    if let notBefore = claims.notBefore, now < notBefore { throw .notYetValid }
    return claims
  }

  private func check(header: [UInt8]) throws(JWTError) {
    var algorithm: String?
    var isCritical = false
    do throws(JSONError) {
      var reader = try JSONReader(header.span)
      try reader.beginObject()
      while let name = try reader.nextMember() {
        switch name {
        case "alg": algorithm = try reader.string()
        case "crit":
          isCritical = true
          try reader.skip()
        default: try reader.skip()
        }
      }
      try reader.end()
    } catch { throw .malformed }
    guard algorithm == "HS256" else { throw .unsupportedAlgorithm }
    guard !isCritical else { throw .criticalHeader }
  }

  private func read(_ payload: [UInt8]) throws(JWTError) -> JWTClaims {
    var subject: String?
    var expiresAt: Double?
    var notBefore: Double?
    do throws(JSONError) {
      var reader = try JSONReader(payload.span)
      try reader.beginObject()
      while let name = try reader.nextMember() {
        switch name {
        case "sub": subject = try reader.string()
        case "exp": expiresAt = try reader.double()
        case "nbf": notBefore = try reader.double()
        default: try reader.skip()
        }
      }
      try reader.end()
    } catch { throw .malformed }
    guard let subject, !subject.isEmpty else { throw .noSubject }
    guard let expiresAt else { throw .noExpiry }
    return JWTClaims(subject: subject, expiresAt: expiresAt, notBefore: notBefore)
  }
}

extension JSONWriter {
  /// A NumericDate (RFC 7519 §2), without a fraction where it has none.
  fileprivate mutating func seconds(_ value: Double) {
    if let whole = Int(exactly: value) { int(whole) } else { double(value) }
  }
}
