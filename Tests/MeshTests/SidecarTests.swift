import Foundation
import HTTP2Transport
import JSON
import Testing
import Tokens

@Suite(.timeLimit(.minutes(5))) struct SidecarTests {
  @Test func withItsSidecarStoppedTaskAPIRefusesAndComesBackAlone() async throws {
    let faults = try Faults()
    let mesh = try await Mesh.start(environment: faults.environment)
    let id = try #require(try await mesh.create("Kept")["id"]?.string)
    try faults.close("sidecar-task-api")
    try await until("the task cannot be read") { try await mesh.call(.get, "/tasks/\(id)").status != 200 }
    let refused = try await mesh.create("Not stored")
    #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
    #expect(refused["type"] != .string("in-doubt"))
    try faults.open("sidecar-task-api")
    try await until("the task can be read") { try await mesh.call(.get, "/tasks/\(id)").status == 200 }
    #expect(try await mesh.create("Stored again").status == 201)
    faults.discard()
    await mesh.discard()
  }

  @Test func theKeyOfTokensComesFromWhicheverSecretStoreThereIs() async throws {
    let root = try RunFolder()
    try Data(
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata: {name: secretstore}
      spec:
        type: secretstores.local.env
        version: v1
        metadata: [{name: prefix, value: MESH_}]
      """.utf8
    ).write(to: URL(fileURLWithPath: root.path + "/compose/components/secretstore.yaml"))
    let mesh = try await Mesh.start(root: root.path, environment: ["MESH_jwt-secret": "from the environment"])
    let key = try #require(JWTKey(secret: "from the environment"))
    let token = key.sign(JWTClaims(subject: "ada", expiresAt: Date().timeIntervalSince1970 + 60))
    #expect(try await mesh.call(.get, "/tasks/x", headers: ["authorization": "Bearer \(token)"]).status == 404)
    #expect(try await mesh.call(.get, "/tasks/x", owner: "ada").status == 401)
    await mesh.discard()
    root.discard()
  }

  @Test func aSidecarAsksForItsToken() async throws {
    let mesh = try await Mesh.start()
    let url = "http://127.0.0.1:\(3500 + mesh.portOffset)"
    #expect(try shell("curl -s \(url)/v1.0/metadata") == "invalid api token\n")
    try await until("the sidecar has asked its app what it wants") {
      try shell("curl -s -o /dev/null -w '%{http_code}' \(url)/v1.0/healthz") == "204"
    }
    await mesh.discard()
  }

  @Test func shutdownEndsASidecarAndItIsStartedAgain() async throws {
    let mesh = try await Mesh.start()
    let token = try mesh.secret("dapr-api-token")
    let url = "http://127.0.0.1:\(3500 + mesh.portOffset)/v1.0"
    let code = "curl -s -o /dev/null -w '%{http_code}'"
    #expect(try shell("\(code) -X POST -H 'dapr-api-token: \(token)' \(url)/shutdown") == "204")
    try await until("the sidecar ends") { try shell("\(code) \(url)/healthz/outbound") == "000" }
    try await until("the sidecar is back") { try shell("\(code) \(url)/healthz") == "204" }
    #expect(try await mesh.create("After").status == 201)
    await mesh.discard()
  }

  @Test func allThreeClientsSpeakToTheAPI() async throws {
    let mesh = try await Mesh.start()
    let url = "http://127.0.0.1:\(8080 + mesh.portOffset)"
    #expect(try shell("curl -s \(url)/healthz") == #"{"status":"ok"}"#)
    #expect(try shell("curl -s --http2-prior-knowledge \(url)/healthz") == #"{"status":"ok"}"#)
    #expect(try shell("nghttp -v \(url)/readyz").contains(":status: 200"))
    #expect(try shell("curl -s \(url)/metrics").contains("# TYPE"))
    await mesh.discard()
  }
}
