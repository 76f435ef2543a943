import Testing

@Suite struct RecordedTests {
  /// What is not replayed, each with its reason.
  private static let leftOut = [
    "state/bulk-get-edges": "the details of daprd's refusal of a key with ||",
    "state/bulk-get-errors": "the words of Go's JSON decoder",
    "state/get-metadata-query": "has a HEAD, whose body is dropped by the server and not by the sidecar",
    "state/key-2300": "a limit of PostgreSQL's index",
    "state/key-escapes": "broken escapes reset the HTTP/2 stream in daprd",
    "state/key-escapes-http11": "broken escapes are plain text in daprd",
    "state/key-illegal": "the details of daprd's refusal of a key with ||",
    "state/key-nul-body": "PostgreSQL has no NUL in text",
    "state/key-space-plus": "daprd takes + in a key for a blank",
    "state/methods": "has a HEAD, whose body is dropped by the server and not by the sidecar",
    "state/no-store-configured": "the query API, which Taskmesh does not use",
    "state/options-unknown": "unknown concurrency words are taken for last-write",
    "state/query-alpha": "the query API, which Taskmesh does not use",
    "state/save-errors": "the words of Go's JSON decoder",
    "state/store-unknown": "the query API, which Taskmesh does not use",
    "state/transaction-errors": "the words of Go's JSON decoder",
    "state/transaction-too-large": "the limit of a body is kept by the server, not here",
    "state/ttl-errors": "the words of daprd for a time to live that is no number",
    "state/ttl-expires": "waits for the clock; StateDatabaseTests inject it",
    "state/value-5mib": "the limit of a body is kept by the server, not here",
    "state/value-out-of-range": "the words of Go's JSON decoder",
    "state/value-under-max-body": "the limit of a body is kept by the server, not here",
    "state/values": "objects that name a member twice, which are refused here",
    "state/values-bulk-get": "objects that name a member twice, which are refused here",
    "state/values-transaction": "objects that name a member twice, which are refused here",
    "state/ttl-expired-overwrite": "waits for the clock; StateDatabaseTests inject it",
    "secrets/local-env-bulk": "shows the variables that daprd sets for itself",
    "secrets/local-file": "has an integer above 2^53, where a secret should be a string",
    "secrets/local-file-separator": "has an integer above 2^53, where a secret should be a string",
    "secrets/local-file-multivalued": "multi-valued files, which Taskmesh does not use",
    "secrets/scoping": "secret scopes, which Taskmesh does not use",
  ]

  /// LocalMesh stands in for state.postgresql v2, and for one that answers.
  private static let elsewhere = ["state/redis-", "state/sqlite-", "state/postgresql-", "state/race-"]

  private static let areas = ["state", "secrets", "publish", "deliver", "invoke"]

  private static func all() throws -> [Recording] { try areas.flatMap { try Recording.all($0) } }

  private static func replayed() throws -> [Recording] { try all().filter { leftOut[$0.name] == nil } }

  @Test(.timeLimit(.minutes(1)), arguments: try replayed())
  func localMeshDoesAsDaprdDid(recording: Recording) async throws {
    var replay = try await Replay(recording)
    let differences = try await replay.run()
    #expect(differences == [], "\(recording.name)")
  }

  @Test func nothingIsLeftOutThatDoesNotExist() throws {
    #expect(Set(Self.leftOut.keys).subtracting(try Self.all().map(\.name)) == [])
  }
}
