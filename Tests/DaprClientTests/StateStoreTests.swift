import EventLoop
import HTTP2Transport
import JSON
import Testing

@testable import DaprClient

@Suite struct StateStoreTests {
  private let operations: [StateOperation] = [
    .upsert("task/2", Array(#"{"n":1}"#.utf8), if: .matches(ETag("e-17"))),
    .delete("task/1", if: .matches(ETag("e-3"))),
    .upsert("idempotency/x", Array("true".utf8), if: .absent, timeToLive: 86_400), .upsert("task/0", Array("[]".utf8)),
  ]

  @Test func aTransactionIsSentInTheOrderOfItsKeys() async throws {
    let sidecar = try await ScriptedSidecar(token: "t") { _ in .done }
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let outcome = await sidecar.client.state("statestore").transaction(operations, CallOptions(traceparent: trace))
    #expect(outcome == .committed)
    let request = try #require(sidecar.asked.first)
    #expect(request.method == .post && request.target == "/v1.0/state/statestore/transaction")
    #expect(request.headers["dapr-api-token"] == "t" && request.headers["traceparent"] == trace)
    #expect(request.headers["content-length"] == String(request.body.count))
    let expected = #"""
      {"operations":[
      {"operation":"upsert","request":{"key":"idempotency/x","value":true,"options":{"concurrency":"first-write"},"metadata":{"ttlInSeconds":"86400"}}},
      {"operation":"upsert","request":{"key":"task/0","value":[]}},
      {"operation":"delete","request":{"key":"task/1","etag":"e-3","options":{"concurrency":"first-write"}}},
      {"operation":"upsert","request":{"key":"task/2","value":{"n":1},"etag":"e-17","options":{"concurrency":"first-write"}}}]}
      """#
    #expect(sidecar.body == (try JSONValue(parsing: Array(expected.utf8))))
  }

  @Test func only204MeansCommittedAndOnly400Refused() async throws {
    let mismatch = "error while executing state transaction: possible etag mismatch. error from state store: x"
    let cases: [(HTTPResponse, (TransactionOutcome) -> Bool)] = [
      (.done, { $0 == .committed }),
      (
        .error(400, "ERR_MALFORMED_REQUEST", "bad"),
        { if case .refused(let e) = $0 { e.kind == .refused } else { false } }
      ),
      (
        .error(500, "ERR_STATE_TRANSACTION", mismatch),
        {
          if case .inDoubt(let e) = $0 {
            e.kind == .etagMismatch && e.errorCode == "ERR_STATE_TRANSACTION"
          } else {
            false
          }
        }
      ), (.error(409, "ERR_STATE_SAVE", "x"), { if case .inDoubt = $0 { true } else { false } }),
      (HTTPResponse(status: 200), { if case .inDoubt = $0 { true } else { false } }),
      (
        .text("invalid api token\n", status: 401),
        { if case .inDoubt(let e) = $0 { e.kind == .forbidden } else { false } }
      ),
      (.error(503, "", "no"), { if case .inDoubt = $0 { true } else { false } }),
    ]
    for (answer, expected) in cases {
      let sidecar = try await ScriptedSidecar { _ in answer }
      let outcome = await sidecar.client.state("statestore").transaction(operations)
      #expect(expected(outcome), "\(answer.status): \(outcome)")
    }
  }

  @Test func aTransactionWithoutAnAnswerIsInDoubtButOneNeverSentIsNot() async throws {
    let hung = try await ScriptedSidecar { _ in
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      defer { continuation.finish() }
      for await _ in stream {}
      return .done
    }
    let late = await hung.client.state("s").transaction(operations, CallOptions(deadline: .milliseconds(100)))
    guard case .inDoubt(let error) = late, error.kind == .deadline else { throw UnexpectedOutcome(late) }

    let cutting = try await ScriptedSidecar { _ in
      HTTPResponse(status: 204, body: .stream { _ in throw CancellationError() })
    }
    let lost = await cutting.client.state("s").transaction(operations)
    guard case .inDoubt(let error) = lost, error.kind == .lost else { throw UnexpectedOutcome(lost) }

    let nobody = DaprClient(transport: HTTPClient(loop: EventLoop(name: "app"), port: 1), apiToken: nil)
    let never = await nobody.state("s").transaction(operations)
    guard case .notSent(let error) = never, error.kind == .unreachable else { throw UnexpectedOutcome(never) }
  }

  struct UnexpectedOutcome: Error {
    let outcome: TransactionOutcome
    init(_ outcome: TransactionOutcome) { self.outcome = outcome }
  }

  @Test func aValueIsReadWithItsETag() async throws {
    let sidecar = try await ScriptedSidecar { request in
      request.target.hasSuffix("task%2F1%2B%20%25")
        ? .json(Array("{\"a\":1}".utf8), headers: ["etag": "\"q-7"]) : HTTPResponse(status: 204)
    }
    let state = sidecar.client.state("statestore")
    #expect(try await state.get("task/1+ %") == StateEntry(value: Array("{\"a\":1}".utf8), etag: ETag("\"q-7")))
    #expect(try await state.get("task/2") == nil)
  }

  @Test func manyValuesAreReadByOneCallEachKeyOnce() async throws {
    let sidecar = try await ScriptedSidecar { _ in
      .json(
        Array(
          #"[{"key":"b","data":null,"etag":"2"},{"key":"a","data":{"x":[1, 2]},"etag":"1"},{"key":""},{"key":"c"}]"#
            .utf8)
          + [10])
    }
    let entries = try await sidecar.client.state("statestore").get(all: ["a", "b", "a", "c"])
    #expect(
      entries == [
        "a": StateEntry(value: Array(#"{"x":[1, 2]}"#.utf8), etag: ETag("1")),
        "b": StateEntry(value: Array("null".utf8), etag: ETag("2")),
      ])
    #expect(Set(sidecar.body?["keys"]?.elements?.compactMap(\.string) ?? []) == ["a", "b", "c"])
    #expect(sidecar.body?["keys"]?.elements?.count == 3)
  }

  @Test func aBulkGetWithAFailedKeyFails() async throws {
    let sidecar = try await ScriptedSidecar { _ in
      .json(Array(#"[{"key":"a","data":1,"etag":"1"},{"key":"b","error":"connection refused"}]"#.utf8))
    }
    await #expect(throws: DaprError(.failed, status: 200, message: "b: connection refused")) {
      try await sidecar.client.state("statestore").get(all: ["a", "b"])
    }
  }

  @Test func guardedWritesTellAConflictFromAFailure() async throws {
    let conflicts: [HTTPResponse] = [
      .error(
        409, "ERR_STATE_SAVE", "failed saving state in state store s: possible etag mismatch. error from state store: x"
      ),
      .error(500, "ERR_STATE_SAVE", "failed saving state in state store s: no item was updated"),
    ]
    for answer in conflicts {
      let sidecar = try await ScriptedSidecar { _ in answer }
      await #expect { try await sidecar.client.state("s").save(.upsert("k", Array("1".utf8), if: .absent)) } throws: {
        ($0 as? DaprError)?.kind == .etagMismatch
      }
    }
    let failing = try await ScriptedSidecar { _ in .error(500, "ERR_STATE_SAVE", "connection refused") }
    await #expect { try await failing.client.state("s").save(.upsert("k", Array("1".utf8))) } throws: {
      ($0 as? DaprError)?.kind == .failed
    }
  }

  @Test func aDeleteCarriesItsETagRaw() async throws {
    let sidecar = try await ScriptedSidecar { _ in .done }
    try await sidecar.client.state("s").delete("a/b", if: .matches(ETag("e-1")))
    try await sidecar.client.state("s").save(.delete("c"))
    #expect(sidecar.asked.map(\.target) == ["/v1.0/state/s/a%2Fb", "/v1.0/state/s/c"])
    #expect(sidecar.asked.map { $0.headers["if-match"] } == ["e-1", nil])
    #expect(sidecar.asked.allSatisfy { $0.method == .delete })
  }

  @Test func readsThatWaitShareOneCall() async throws {
    let gate = Gate()
    let sidecar = try await ScriptedSidecar { request in
      await gate.pass()
      let keys = (try? JSONValue(parsing: request.body))?["keys"]?.elements?.compactMap(\.string) ?? []
      var writer = JSONWriter()
      writer.array {
        for key in keys where key != "missing" {
          $0.object {
            $0.key("key")
            $0.string(key)
            $0.key("data")
            $0.string("value of \(key)")
            $0.key("etag")
            $0.string("e")
          }
        }
      }
      return .json(writer.bytes)
    }
    // While the gate is shut no call may end, however slow the machine.
    let reader = StateReader(sidecar.client.state("s"), executor: EventLoop(name: "reads"), deadline: .seconds(60))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for n in 0..<500 {
        group.addTask {
          let key = n % 10 == 9 ? "missing" : "k\(n % 50)"
          let entry = try await reader.get(key, owner: "o\(n % 7)")
          #expect(
            entry.map { String(decoding: $0.value, as: UTF8.self) } == (key == "missing" ? nil : "\"value of \(key)\""))
        }
      }
      try await until("496 reads wait") { await reader.batcher.waitingMembers == 496 }
      await gate.open()
      try await group.waitForAll()
    }
    #expect(sidecar.asked.count == 12, "4 alone, 496 by 64")
  }
}
