import YAML

/// `dapr.yaml`: the apps of the mesh (<https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/>).
struct RunFile: Sendable {
  struct App: Sendable {
    let id: String
    let port: Int
    let sidecarPort: Int
    let command: [String]
    let environment: [String: String]
  }

  let apps: [App]
  /// Relative to the run file.
  let resourcesPath: String

  init(_ document: YAMLNode) throws(YAMLError) {
    try document.allowOnly(["version", "common", "apps"])
    let common = try document.value("common")
    let shared = try Self.environment(common)
    resourcesPath = try (common?.value("resourcesPath"))?.text() ?? "compose/components"
    var apps: [App] = []
    for node in try document.required("apps").elements() {
      let protocolName = try node.required("appProtocol").text()
      if protocolName != "h2c" {
        throw YAMLError(at: node.position, "appProtocol is h2c for every app here, not \(protocolName)")
      }
      var command: [String] = []
      for word in try node.required("command").elements() { command.append(try word.text()) }
      apps.append(
        App(
          id: try node.required("appID").text(), port: try Self.port(node.required("appPort")),
          sidecarPort: try Self.port(node.required("daprHTTPPort")), command: command,
          environment: shared.merging(try Self.environment(node)) { $1 }))
    }
    self.apps = apps
  }

  private static func port(_ node: YAMLNode) throws(YAMLError) -> Int {
    let port = try node.int()
    guard (1...65_535).contains(port) else { throw YAMLError(at: node.position, "a port is from 1 to 65535") }
    return port
  }

  private static func environment(_ node: YAMLNode?) throws(YAMLError) -> [String: String] {
    var variables: [String: String] = [:]
    guard let env = try node?.value("env") else { return [:] }
    for entry in try env.entries() { variables[entry.key] = try entry.value.text() }
    return variables
  }
}
