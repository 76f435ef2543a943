import Glibc
import YAML

/// The resources that sidecars load: every YAML file of a folder.
struct ResourceFolder: Sendable {
  private(set) var components: [Component] = []
  private(set) var subscriptions: [Subscription] = []

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  init(path: String) throws {
    for name in try Self.files(in: path) {
      let file = path + "/" + name
      for document in try YAMLNode.documents(try TextFile.read(file), file: file) {
        try add(document)
      }
    }
    var seen: [String: YAMLPosition] = [:]
    for component in components {
      if let first = seen[component.name] { throw component.fault("has this name already at \(first)") }
      seen[component.name] = component.position
    }
  }

  private mutating func add(_ document: YAMLNode) throws(YAMLError) {
    let kind = try document.required("kind")
    switch try kind.text() {
    case "Component": components.append(try Component(document))
    case "Subscription": subscriptions.append(try Subscription(document))
    // How daprd behaves under failure and what it traces: a laptop's stand-in neither fails over nor traces.
    case "Resiliency", "Configuration", "HTTPEndpoint": break
    case let other:
      throw YAMLError(
        at: kind.position, "Component, Subscription, Resiliency or Configuration is expected, not \(other)")
    }
  }

  private static func files(in path: String) throws(Fault) -> [String] {
    guard let folder = opendir(path) else {
      throw Fault(description: "\(path): \(String(cString: strerror(errno))); the components are looked for there")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { names.append(name) }
    }
    return names.sorted()
  }
}
