import Foundation
import Testing
import YAML

@testable import LocalMesh

@Suite struct ResourceTests {
  private func component(_ text: String) throws -> Component {
    try Component(try #require(YAMLNode.documents(Array(text.utf8), file: "c.yaml").first))
  }

  @Test func theCheckoutsOwnFilesAreRead() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let path = root + "/dapr.yaml"
    let file = try RunFile(
      try #require(YAMLNode.documents([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), file: path).first))
    #expect(file.apps.map(\.id) == ["task-api", "search-indexer", "recurrence-engine", "notifier"])
    #expect(file.apps.map(\.port) == [8080, 8081, 8082, 8083])
    #expect(file.apps.map(\.sidecarPort) == [3500, 3501, 3502, 3503])
    let resources = try ResourceFolder(path: root + "/compose/components")
    #expect(Set(resources.components.map(\.name)).isSuperset(of: ["statestore", "pubsub", "secretstore"]))
    let tick = try #require(resources.components.first { $0.name == "reminder-tick" })
    #expect(tick.isFor("notifier") && !tick.isFor("task-api"))
  }

  @Test(arguments: [
    ("kind: Component\nmetadata:\n  name: a\nspec:\n  typ: x\n", "c.yaml:5:3: the key \"typ\" is not known here"),
    ("kind: Component\nmetadata:\n  name: a\n", "c.yaml:1:1: the key \"spec\" is missing"),
  ])
  func aBrokenFileIsSaidWithItsPlace(text: String, message: String) throws {
    let error = #expect(throws: YAMLError.self) { try component(text) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }

  @Test func aSecretReferenceNamesItsStore() throws {
    let component = try component(
      """
      kind: Component
      metadata: {name: pg}
      spec:
        type: state.postgresql
        metadata:
        - {name: connectionString, secretKeyRef: {name: pg, key: conn}}
      auth: {secretStore: vault}
      """)
    #expect(
      component.metadata["connectionString"]
        == .secret(Component.SecretReference(store: "vault", name: "pg", key: "conn")))
  }

  @Test func aReplicaIsAHundredPortsFurther() throws {
    let file = try RunFile(
      try #require(
        YAMLNode.documents(
          Array(
            "apps:\n- {appID: a, appPort: 8080, daprHTTPPort: 3500, appProtocol: h2c, command: [a]}\n".utf8),
          file: "dapr.yaml"
        ).first))
    let replicas = try Replica.all(file, try Options(["--bin", "b", "--port-offset", "1000", "--replicas", "a=2"]))
    #expect(replicas.map(\.port) == [9080, 9180])
    #expect(replicas.map(\.sidecarPort) == [4500, 4600])
    #expect(replicas.map(\.name) == ["a", "a-1"])
    #expect(throws: Options.Fault.self) {
      try Replica.all(file, try Options(["--bin", "b", "--replicas", "b=2"]))
    }
  }
}
