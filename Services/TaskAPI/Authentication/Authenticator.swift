import HTTP2Transport
import Tokens

/// Tells whose a request is: the `sub` of its bearer token (contract §3).
struct Authenticator: Sendable {
  /// The owner of requests without a token on a laptop.
  static let localOwner = "local"

  let mode: TaskAPISettings.Authentication
  let origins: Origins
  let key: @Sendable () -> JWTKey?
  /// Seconds since 1970.
  let now: @Sendable () -> Double

  func owner(of request: HTTPRequest) throws(Problem) -> String {
    guard let header = request.headers["authorization"] else {
      if mode == .loopback, origins.isLocal(request) { return Self.localOwner }
      throw Self.refusal("A bearer token is needed.")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw Self.refusal("Authorization is not `Bearer` and a token.")
    }
    guard let key = key() else {
      throw Problem(503, "The key for tokens has not been read yet.", headers: ["retry-after": "1"])
    }
    do { return try key.verify(String(parts[1]), now: now()).subject } catch { throw Self.refusal(error.reason) }
  }

  private static func refusal(_ detail: String) -> Problem {
    Problem(401, detail, headers: ["www-authenticate": "Bearer"])
  }
}

extension JWTError {
  fileprivate var reason: String {
    switch self {
    case .malformed: "The token is not a JWT."
    case .unsupportedAlgorithm: "The token's algorithm is not HS256."
    case .criticalHeader: "The token's header asks for something that is not understood."
    case .badSignature: "The token's signature is wrong."
    case .noSubject: "The token has no sub."
    case .noExpiry: "The token has no exp."
    case .expired: "The token has expired."
    case .notYetValid: "The token is not valid yet."
    }
  }
}
