import HTTP2Transport
import Testing

@testable import DaprClient

@Suite struct SidecarHealthTests {
  @Test func anotherDaemonIsReadyWhenItsReadyzSaysSo() async throws {
    let sidecar = try await ScriptedSidecar { _ in .json(Array(#"{"status":"ready"}"#.utf8)) }
    try await sidecar.client.requireReady("notifier")
    #expect(sidecar.asked.map(\.target) == ["/v1.0/invoke/notifier/method/readyz"])
    #expect(sidecar.asked.map(\.method) == [.get])
  }

  @Test func whatItLacksIsToldByTheError() async throws {
    let lacking = #"{"status":"not ready","failing":[{"check":"index","reason":"partition 3 is behind"}]}"#
    let sidecar = try await ScriptedSidecar { _ in .json(Array(lacking.utf8), status: 503) }
    let error = await #expect(throws: DaprError.self) { try await sidecar.client.requireReady("search-indexer") }
    #expect(error?.status == 503 && error?.message.contains("partition 3 is behind") == true)
  }

  @Test func aDaemonThatTheSidecarDoesNotReachIsNotReady() async throws {
    let sidecar = try await ScriptedSidecar { _ in .error(500, "ERR_DIRECT_INVOKE", "couldn't find service") }
    let error = await #expect(throws: DaprError.self) { try await sidecar.client.requireReady("nobody") }
    #expect(error?.errorCode == "ERR_DIRECT_INVOKE")
  }
}
