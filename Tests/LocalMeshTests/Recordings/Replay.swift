import EventLoop
import Foundation
import HTTP2Transport
import JSON
import Synchronization
import Testing
import YAML

@testable import LocalMesh

/// Plays an app's part of a recording to LocalMesh and compares what comes back with what daprd said.
struct Replay {
  private let recording: Recording
  private let state: StateDatabase
  private let folder: String

  init(_ recording: Recording) async throws {
    self.recording = recording
    folder = NSTemporaryDirectory() + "replay-\(Foundation.UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for member in recording.value["files"]?.members ?? [] {
      try Data((member.value.string ?? "").utf8).write(to: URL(fileURLWithPath: folder + "/" + member.name))
    }
    state = try await StateDatabase.open(path: folder + "/state.sqlite") { Int64(time(nil)) }
  }

  /// The differences, in words.
  func run() async throws -> [String] {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var sidecars: [String: Sidecar] = [:]
    var renewed: [String: String] = [:]
    var differences: [String] = []
    for (index, exchange) in recording.calls.enumerated() {
      if sidecars[exchange.app] == nil { sidecars[exchange.app] = try sidecar(exchange.app) }
      let request = exchange.request(renewed)
      let response = await sidecars[exchange.app]!.answer(request)
      for difference in Comparison(exchange, response, &renewed).differences {
        differences.append("\(index) \(request.method) \(request.target): \(difference)")
      }
    }
    return differences
  }

  private func sidecar(_ app: String) throws -> Sidecar {
    let components = try recording.resources.flatMap { text in
      try YAMLNode.documents(Array(text.utf8), file: recording.name)
    }.filter { try $0.required("kind").text() == "Component" }.map { try Component($0) }.filter { $0.isFor(app) }
    var states: [String: StateComponent] = [:]
    for component in components where component.type.hasPrefix("state.") {
      states[component.name] = try StateComponent(component, app: app)
    }
    return Sidecar(
      app: app, token: "", components: components, state: StateAPI(app: app, components: states, database: state),
      secrets: try SecretStores(
        components.filter { $0.type.hasPrefix("secretstores.") }, folder: folder, environment: recording.environment),
      invocation: Invocation(caller: app, apps: [:], traffic: Traffic()), shutdown: {})
  }
}

extension Sidecar {
  /// Routes and handles a request without a socket.
  func answer(_ request: HTTPRequest) async -> HTTPResponse {
    var request = request
    let route = self.route(request)
    request.parameters = route.parameters
    switch route.handler {
    case .refusal(let response): return response
    case .immediate(let handler): return handler(request)
    case .task(let handler): return await handler(request)
    }
  }
}

/// A recorded answer beside a new one.
struct Comparison {
  private(set) var differences: [String] = []

  init(_ exchange: Exchange, _ response: HTTPResponse, _ renewed: inout [String: String]) {
    if response.status != exchange.status { differences.append("status \(response.status), not \(exchange.status)") }
    if exchange.responseHeaders["metadata.ttlexpiretime"] == nil, response.headers["metadata.ttlexpiretime"] != nil {
      differences.append("a time to live where there was none")
    }
    for name in ["content-type", "etag"] {
      let expected = exchange.responseHeaders[name]
      let actual = response.headers[name]
      if exchange.vary.contains("/response/headers/\(name)"), let expected, let actual {
        renewed[expected] = actual
      } else if expected != actual {
        differences.append("\(name) \(actual ?? "none"), not \(expected ?? "none")")
      }
    }
    guard case .bytes(let bytes) = response.body else { return }
    compareBody(exchange, bytes, &renewed)
  }

  private mutating func compareBody(_ exchange: Exchange, _ actual: [UInt8], _ renewed: inout [String: String]) {
    let recorded = exchange.responseBody
    guard let expected = try? JSONValue(parsing: recorded), let found = try? JSONValue(parsing: actual) else {
      if actual != recorded { differences.append("body \(text(actual)), not \(text(recorded))") }
      return
    }
    var masked = (expected, found)
    // Their order is the database's, and pointers into it mean nothing.
    if exchange.path.hasSuffix("/bulk") { masked = (expected.byKeyWithoutETags, found.byKeyWithoutETags) }
    for pointer in exchange.vary where pointer.hasPrefix("/response/body") {
      let path = pointer.dropFirst("/response/body".count).split(separator: "/").map(String.init)[...]
      if let old = masked.0.string(at: path), let new = masked.1.string(at: path) { renewed[old] = new }
      masked = (masked.0.masking(path), masked.1.masking(path))
    }
    if !exchange.unordered.isEmpty { masked = (masked.0.sorted, masked.1.sorted) }
    if masked.0 != masked.1 { differences.append("body \(text(masked.1.bytes)), not \(text(masked.0.bytes))") }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(400), as: UTF8.self) }
}

extension JSONValue {
  fileprivate func child(_ name: String) -> JSONValue? { Int(name).flatMap { self[$0] } ?? self[name] }

  fileprivate func string(at path: ArraySlice<String>) -> String? {
    guard let first = path.first else { return string }
    return child(first)?.string(at: path.dropFirst())
  }

  /// The same with null at a place.
  fileprivate func masking(_ path: ArraySlice<String>) -> JSONValue {
    guard let first = path.first else { return .null }
    switch self {
    case .array(var elements):
      guard let index = Int(first), elements.indices.contains(index) else { return self }
      elements[index] = elements[index].masking(path.dropFirst())
      return .array(elements)
    case .object(let members):
      return .object(
        members.map { $0.name == first ? Member($0.name, $0.value.masking(path.dropFirst())) : $0 })
    default: return self
    }
  }

  /// The entries of a bulk get as a set; their ETags are new each time.
  fileprivate var byKeyWithoutETags: JSONValue {
    guard let elements else { return self }
    return JSONValue.array(
      elements.map { element in
        var element = element
        if element["etag"] != nil { element["etag"] = .null }
        if element["metadata"] != nil { element["metadata"] = .null }
        return element
      }
    ).sorted
  }

  /// The same with the elements of a list in an order of their own.
  fileprivate var sorted: JSONValue {
    guard let elements else { return self }
    return .array(elements.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
  }
}
