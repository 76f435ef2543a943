import Tokens

/// The keys of the state store (protocols.md §1).
enum TaskKeys {
  static func task(_ id: String) -> String { "task/\(id)" }
  static func history(_ id: String, _ version: Int) -> String { "history/\(id)/\(version)" }

  static func idempotency(owner: String, key: String) -> String {
    "idempotency/" + Base64.url.encode(Digest.sha256(Array(owner.utf8) + [0] + Array(key.utf8)))
  }
}
