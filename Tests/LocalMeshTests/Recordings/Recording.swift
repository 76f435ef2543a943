import Foundation
import HTTP2Transport
import JSON

/// A scenario recorded with a real daprd (format: Tests/Recordings/README.md).
struct Recording: CustomStringConvertible {
  let name: String
  let value: JSONValue
  var description: String { name }

  struct MissingFolder: Error, CustomStringConvertible { let description: String }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Recordings")

  /// Every scenario of an area; a missing folder is an error, never an empty list.
  static func all(_ area: String) throws -> [Recording] {
    let folder = Self.folder.appendingPathComponent(area)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
    guard !files.isEmpty else { throw MissingFolder(description: "\(folder.path) holds no recordings") }
    return try files.sorted().map { file in
      let bytes = try Data(contentsOf: folder.appendingPathComponent(file))
      return Recording(name: area + "/" + file.dropLast(5), value: try JSONValue(parsing: [UInt8](bytes)))
    }
  }

  var resources: [String] { value["resources"]?.elements?.compactMap(\.string) ?? [] }

  var environment: [String: String] {
    Dictionary(uniqueKeysWithValues: (value["env"]?.members ?? []).map { ($0.name, $0.value.string ?? "") })
  }

  /// The exchanges of an app with its sidecar, in order.
  var calls: [Exchange] {
    (value["exchanges"]?.elements ?? []).map(Exchange.init).filter { $0.from.hasPrefix("app:") && $0.to == "dapr" }
  }
}

/// A request and what daprd answered.
struct Exchange {
  let value: JSONValue
  var from: String { value["from"]?.string ?? "" }
  var to: String { value["to"]?.string ?? "" }
  var app: String { String(from.dropFirst(4)) }
  var status: Int { value["response"]?["status"]?.int ?? 0 }
  var path: String { value["request"]?["path"]?.string ?? "" }
  var vary: [String] { value["vary"]?.elements?.compactMap(\.string) ?? [] }
  var unordered: [String] { value["unordered"]?.elements?.compactMap(\.string) ?? [] }
  var responseHeaders: HTTPHeaders { Self.headers(value["response"]) }
  var responseBody: [UInt8] { Self.body(value["response"]) }

  /// The request, with values of earlier answers in place of the recorded ones.
  func request(_ renewed: [String: String]) -> HTTPRequest {
    func renew(_ text: String) -> String {
      renewed.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
    let body = Self.body(value["request"])
    var request = HTTPRequest(
      HTTPMethod(value["request"]?["method"]?.string ?? "GET"), renew(path),
      body: String(validating: body, as: UTF8.self).map { Array(renew($0).utf8) } ?? body)
    for field in Self.headers(value["request"]) { request.headers.add(field.name, renew(field.value)) }
    return request
  }

  private static func headers(_ message: JSONValue?) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for pair in message?["headers"]?.elements ?? [] {
      headers.add((pair[0]?.string ?? "").lowercased(), pair[1]?.string ?? "")
    }
    return headers
  }

  private static func body(_ message: JSONValue?) -> [UInt8] {
    if let text = message?["bodyBase64"]?.string { return [UInt8](Data(base64Encoded: text) ?? Data()) }
    if let repeated = message?["bodyRepeat"] {
      let text = String(repeating: repeated["text"]?.string ?? "", count: repeated["times"]?.int ?? 0)
      return Array(((repeated["before"]?.string ?? "") + text + (repeated["after"]?.string ?? "")).utf8)
    }
    return Array((message?["body"]?.string ?? "").utf8)
  }
}
