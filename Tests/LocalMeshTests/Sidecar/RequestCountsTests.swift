import Testing

@testable import LocalMesh

@Suite struct RequestCountsTests {
  @Test(arguments: [
    (true, "/v1.0/state/statestore/task/1", "reads"), (false, "/v1.0/state/statestore/bulk", "reads"),
    (false, "/v1.0/state/statestore", "saves"), (false, "/v1.0/state/statestore/transaction", "transactions"),
    (false, "/v1.0/publish/pubsub/task-events", "publishes"),
    (false, "/v1.0-alpha1/publish/bulk/pubsub/task-events", "publishes"),
    (false, "/v1.0/invoke/task-api/method/bulk", "invocations"),
    (true, "/v1.0/secrets/secretstore/jwt-secret", "others"),
  ])
  func requestsAreCountedByKindAndInAll(isGet: Bool, path: String, kind: String) {
    let counts = RequestCounts()
    counts.count(.init(isGet: isGet, path: path))
    let metadata = Dictionary(uniqueKeysWithValues: counts.metadata)
    #expect(metadata["localmesh.requests"] == "1")
    let counted = metadata.filter { $0.key != "localmesh.requests" && $0.value == "1" }
    #expect(Array(counted.keys) == ["localmesh.requests.\(kind)"])
  }
}
