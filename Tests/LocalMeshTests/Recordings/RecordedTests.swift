import Testing

@Suite(.timeLimit(.minutes(2))) struct RecordedTests {
  /// What is not replayed, by how its name begins, each with its reason.
  private static let leftOut = [
    "deliver/redis-": "Redis as pub/sub; LocalMesh's is Kafka's kind",
    "state/redis-": "Redis as state store; LocalMesh's is PostgreSQL's kind",
    "state/sqlite-": "Dapr's SQLite store; LocalMesh's is PostgreSQL's kind",
    "state/race-": "two writers at once, of whom either may win; StateDatabaseTests have such races",
    "state/postgresql-": "a PostgreSQL that is away, hangs or is locked",
    "deliver/resiliency-": "inbound policies of Resiliency resources, which LocalMesh does not apply",
    "deliver/dead-letter-resiliency": "inbound policies of Resiliency resources, which LocalMesh does not apply",
    "deliver/timeout": "inbound policies of Resiliency resources, which LocalMesh does not apply",
    "invoke/resiliency-": "policies of Resiliency resources, which LocalMesh does not apply",
    "deliver/routing": "routing rules, which LocalMesh refuses",
    "deliver/backoff-": "the component's own retry policy, which LocalMesh refuses",
    "deliver/no-consume-retry": "the component's own retry policy, which LocalMesh refuses",
    "deliver/kafka-header-exclude": "excludeHeaderMetaRegex, which LocalMesh refuses",
    "deliver/kafka-key-binary-escape": "escapeHeaders, which LocalMesh refuses",
    "deliver/traceparent-sampled": "tracing, which LocalMesh does not do",
    "invoke/trace-rate-": "tracing, which LocalMesh does not do",
    "publish/tracing-one": "tracing, which LocalMesh does not do",
    "publish/tracing-zero": "tracing, which LocalMesh does not do",
    "invoke/acl-": "access control, which LocalMesh does not do",
    "invoke/mtls-": "TLS between sidecars",
    "deliver/answer-cut": "the app's connection is cut, which a played app can't do; SubscriberTests do so",
    "deliver/dead-letter-cut": "the app's connection is cut, which a played app can't do",
    "deliver/app-away": "the app's connection is cut, which a played app can't do; SubscriberTests do so",
    "deliver/sigterm-in-flight": "the end of daprd's process",
    "deliver/compacted": "begins with records that are not in it",
    "deliver/newest": "begins with a record before the first join; SubscriberTests have that",
    "deliver/ttl-expired": "a record that is passed over without a trace; SubscriberTests have that",
    "deliver/slow-30s": "waits for the clock",
    "deliver/extra-metadata": "an expiration that is bound to the clock",
    "deliver/json-h1": "an app that speaks HTTP/1.1; ours speak HTTP/2",
    "deliver/json-programmatic-h1": "an app that speaks HTTP/1.1; ours speak HTTP/2",
    "deliver/bulk-h1": "an app that speaks HTTP/1.1; ours speak HTTP/2",
    "invoke/http1-app": "an app that speaks HTTP/1.1; ours speak HTTP/2",
    "publish/cloudevent-malformed-null": "daprd crashes; here it is refused",
    "publish/size-4mib-over": "the limit of a body is kept by the server, not here",
    "publish/size-raw-over": "the broker counts a few octets of a record's frame otherwise than Kafka",
    "publish/size-100k": "a value in a form that only daprd's recorder reads",
    "publish/protobuf-utf8": "octets that happen to be a CloudEvent in protobuf",
    "publish/topic-plus": "daprd takes + in a path for a blank",
    "publish/kafka-": "a broker that is away; ProducerTests close it",
    "invoke/addressing": "basic authentication, namespaces and paths with dots, which Taskmesh does not use",
    "invoke/paths": "paths with dots, doubled slashes and escapes, which Taskmesh does not use",
    "invoke/query": "a fragment in a request's target",
    "invoke/request-headers": "baggage, doubled cookies and other fields that Taskmesh does not send",
    "invoke/method-unknown": "methods that HTTP does not list",
    "invoke/answer-events-refused": "daprd's mode for accept: text/event-stream alone, which it is harmful to use",
    "invoke/self-answer-events-refused": "daprd's mode for accept: text/event-stream alone, which it is harmful to use",
    "invoke/answer-events": "a caller that ends an endless answer",
    "invoke/self-answer-events": "a caller that ends an endless answer",
    "invoke/answer-gzip": "compression, which sidecars here hand on as it is",
    "invoke/answer-oddities": "answers that break HTTP",
    "invoke/answer-slow": "waits for the clock",
    "invoke/app-down": "the app's port is closed; SidecarTests have that",
    "invoke/app-cut-mid-body": "the app's connection is cut, which a played app can't do",
    "invoke/self-app-cut-mid-body": "the app's connection is cut, which a played app can't do",
    "invoke/app-goaway": "the app's connection is cut, which a played app can't do",
    "invoke/app-no-answer": "the app's connection is cut, which a played app can't do",
    "invoke/body-limit": "the limit of a body is kept by the server, not here",
    "invoke/header-limits": "the limit of a head is kept by the server, not here",
    "invoke/caller-": "a caller that goes away",
    "invoke/self-caller-cancels": "a caller that goes away",
    "invoke/half-duplex": "an app that answers before the request has ended",
    "invoke/max-concurrency": "--app-max-concurrency, which Taskmesh does not set",
    "invoke/resolver-locked": "daprd's name resolution; here both sidecars are in one process",
    "invoke/nameformat": "daprd's name resolution; here both sidecars are in one process",
    "invoke/target-": "a target sidecar that ends; MeshTests close one",
    "state/values": "half a surrogate pair, which is refused here",
    "deliver/two-": "figures without exchanges",
    "deliver/app-unhealthy": "app health checks, which LocalMesh does not make",
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

  private static func replayed() throws -> [Recording] {
    try all().filter { recording in !leftOut.keys.contains { recording.name.hasPrefix($0) } }
  }

  @Test(.timeLimit(.minutes(1)), arguments: try replayed())
  func localMeshDoesAsDaprdDid(recording: Recording) async throws {
    var replay = try await Replay(recording)
    let differences = try await replay.run()
    #expect(differences == [], "\(recording.name)")
  }

  @Test func nothingIsLeftOutThatDoesNotExist() throws {
    let names = try Self.all().map(\.name)
    for beginning in Self.leftOut.keys {
      #expect(names.contains { $0.hasPrefix(beginning) }, "\(beginning)")
    }
  }
}
