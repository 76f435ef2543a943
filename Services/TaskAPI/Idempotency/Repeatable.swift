import DaprClient
import HTTP2Transport
import Tokens

/// A request that may be repeated under an `Idempotency-Key`, or one operation of such a request.
struct Repeatable: Sendable {
  private static let keyLength = 1...255
  /// A day, for the first answer.
  static let keptSeconds = 86_400

  /// Where the first answer is kept.
  let stateKey: String
  /// SHA-256 of method, path and body.
  let fingerprint: String

  /// nil for a request without the header.
  init?(_ request: HTTPRequest, owner: String) throws(Problem) {
    guard let key = request.headers["idempotency-key"] else { return nil }
    guard Self.keyLength.contains(key.utf8.count) else {
      throw Problem(400, "An Idempotency-Key has 1 to 255 octets.")
    }
    let head = Array("\(request.method) \(request.path)\n".utf8)
    stateKey = TaskKeys.idempotency(owner: owner, key: key)
    fingerprint = Base64.url.encode(Digest.sha256(head + request.body))
  }

  private init(stateKey: String, fingerprint: String) {
    self.stateKey = stateKey
    self.fingerprint = fingerprint
  }

  /// The operation at `index` of this request, which has a record of its own.
  func operation(_ index: Int) -> Repeatable {
    Repeatable(stateKey: "\(stateKey)/\(index)", fingerprint: fingerprint)
  }

  /// The first answer, if there is a record of it.
  /// - Throws: 422 when it answered another request.
  func outcome(in entry: StateEntry?, owner: String) throws(Problem) -> WriteOutcome? {
    guard let entry else { return nil }
    guard let record = IdempotencyRecord(json: entry.value, owner: owner) else {
      throw Problem(500, "The record of this Idempotency-Key cannot be read.")
    }
    guard record.fingerprint == fingerprint else {
      throw Problem(422, "This Idempotency-Key came with another request before.")
    }
    return record.outcome
  }

  func record(_ outcome: WriteOutcome) -> StateOperation {
    .upsert(
      stateKey, IdempotencyRecord(fingerprint: fingerprint, outcome: outcome).json, if: .absent,
      timeToLive: Self.keptSeconds)
  }
}
