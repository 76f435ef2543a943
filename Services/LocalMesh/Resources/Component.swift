import YAML

/// A Dapr component as its file tells it (<https://docs.dapr.io/reference/resource-specs/component-schema/>).
struct Component: Sendable {
  struct SecretReference: Sendable, Equatable {
    let store: String
    let name: String
    let key: String
  }

  enum Value: Sendable, Equatable {
    case text(String)
    case secret(SecretReference)
    case environment(String)
  }

  let name: String
  /// `state.postgresql`, `pubsub.kafka`, …
  let type: String
  let version: String
  let metadata: [String: Value]
  /// The app ids that load it; empty for all.
  let scopes: [String]
  let position: YAMLPosition

  init(_ document: YAMLNode) throws(YAMLError) {
    try document.allowOnly(["apiVersion", "kind", "metadata", "spec", "auth", "scopes"])
    position = document.position
    name = try document.required("metadata").required("name").text()
    let spec = try document.required("spec")
    try spec.allowOnly(["type", "version", "metadata", "ignoreErrors", "initTimeout"])
    type = try spec.required("type").text()
    version = try spec.value("version")?.text() ?? "v1"
    let secretStore = try document.value("auth")?.required("secretStore").text() ?? ""
    var metadata: [String: Value] = [:]
    for item in try spec.value("metadata")?.elements() ?? [] {
      try item.allowOnly(["name", "value", "secretKeyRef", "envRef"])
      let name = try item.required("name").text()
      if let reference = try item.value("secretKeyRef") {
        let secret = try reference.required("name").text()
        metadata[name] = .secret(
          SecretReference(store: secretStore, name: secret, key: try reference.value("key")?.text() ?? secret))
      } else if let variable = try item.value("envRef") {
        metadata[name] = .environment(try variable.text())
      } else {
        metadata[name] = .text(try item.value("value")?.text() ?? "")
      }
    }
    self.metadata = metadata
    var scopes: [String] = []
    for scope in try document.value("scopes")?.elements() ?? [] { scopes.append(try scope.text()) }
    self.scopes = scopes
  }

  func isFor(_ app: String) -> Bool { scopes.isEmpty || scopes.contains(app) }

  /// A plain value of the component's metadata; names are compared without case, as Dapr does.
  func text(_ name: String) -> String? {
    let found = metadata.first { $0.key.lowercased() == name.lowercased() }?.value
    return if case .text(let text)? = found { text } else { nil }
  }

  func fault(_ reason: String) -> YAMLError { YAMLError(at: position, "the component \(name): \(reason)") }
}
