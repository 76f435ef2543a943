import HTTP2Transport
import JSON

/// The secret stores of one app: `secretstores.local.file` and `secretstores.local.env`.
struct SecretStores: Sendable {
  private enum Store: Sendable {
    case file([String: String])
    /// Variables without their prefix, but for those that daprd hides.
    case environment([String: String])
  }

  private var stores: [String: Store] = [:]

  /// Reads the files at once, as daprd does at its start. `folder` is where relative paths begin.
  init(_ components: [Component], folder: String, environment: [String: String]) throws {
    for component in components {
      switch component.type {
      case "secretstores.local.file":
        guard let path = component.text("secretsFile") else { throw component.fault("secretsFile is missing") }
        let file = path.hasPrefix("/") ? path : folder + "/" + path
        guard let value = try? JSONValue(parsing: try TextFile.read(file)), value.members != nil else {
          throw component.fault("\(file) is not a file with a JSON object")
        }
        var secrets: [String: String] = [:]
        Self.flatten(value, "", component.text("nestedSeparator") ?? ":", into: &secrets)
        stores[component.name] = .file(secrets)
      case "secretstores.local.env":
        let prefix = component.text("prefix") ?? ""
        let visible = environment.filter {
          $0.key.hasPrefix(prefix) && !$0.key.hasPrefix("DAPR_") && $0.key != "APP_API_TOKEN"
        }
        stores[component.name] = .environment(
          Dictionary(uniqueKeysWithValues: visible.map { (String($0.key.dropFirst(prefix.count)), $0.value) }))
      default:
        throw component.fault("LocalMesh knows secretstores.local.file and secretstores.local.env")
      }
    }
  }

  /// Checks that what a component refers to by `secretKeyRef` is there, as daprd needs it at its start.
  func check(_ component: Component) throws {
    for case .secret(let reference) in component.metadata.values {
      do throws(SidecarError) { _ = try get(store: reference.store, key: reference.name) } catch {
        throw component.fault("secretKeyRef \(reference.name): \(error.message)")
      }
    }
  }

  func get(store name: String, key: String) throws(SidecarError) -> String {
    switch try store(name) {
    case .file(let secrets):
      guard let secret = secrets[key] else {
        throw SidecarError(
          500, "ERR_SECRET_GET",
          "failed getting secret with key \(key) from secret store \(name): secret \(key) not found")
      }
      return secret
    case .environment(let variables): return variables[key] ?? ""
    }
  }

  func respond(_ request: HTTPRequest) throws(SidecarError) -> HTTPResponse {
    let name = request.parameters["store"]
    let key = request.parameters["key"]
    guard key == "bulk" else {
      return Self.json(.object([.init(key, .string(try get(store: name, key: key)))]))
    }
    let secrets =
      switch try store(name) {
      case .file(let secrets): secrets
      case .environment(let variables): variables
      }
    return Self.json(
      .object(secrets.sorted { $0.key < $1.key }.map { .init($0.key, .object([.init($0.key, .string($0.value))])) }))
  }

  private func store(_ name: String) throws(SidecarError) -> Store {
    if stores.isEmpty {
      throw SidecarError(500, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")
    }
    guard let store = stores[name] else {
      throw SidecarError(401, "ERR_SECRET_STORE_NOT_FOUND", "failed finding secret store with key \(name)")
    }
    return store
  }

  private static func json(_ value: JSONValue) -> HTTPResponse { .json(GoJSON.encode(value) + [UInt8(ascii: "\n")]) }

  private static func flatten(
    _ value: JSONValue, _ path: String, _ separator: String, into secrets: inout [String: String]
  ) {
    func below(_ name: String) -> String { path.isEmpty ? name : path + separator + name }
    switch value {
    case .object(let members):
      for member in members { flatten(member.value, below(member.name), separator, into: &secrets) }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        flatten(element, below(String(index)), separator, into: &secrets)
      }
    // What daprd makes of values that are no strings: Go's %s of them.
    case .string(let text): secrets[path] = text
    case .bool(let bool): secrets[path] = "%!s(bool=\(bool))"
    case .null: secrets[path] = "%!s(<nil>)"
    case .int, .double, .number:
      secrets[path] = "%!s(float64=\(String(decoding: GoJSON.encode(value), as: UTF8.self)))"
    }
  }
}
