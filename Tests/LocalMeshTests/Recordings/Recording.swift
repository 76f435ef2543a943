import Foundation
import HTTP2Transport
import JSON

@testable import LocalMesh

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

  var exchanges: [Exchange] { (value["exchanges"]?.elements ?? []).map(Exchange.init) }

  /// How many partitions a topic of the recording needs.
  func partitions(of topic: String) -> Int32 {
    // Those of publishing had twelve, others as many as are named.
    if topic == "pub-events" || name == "publish/partitions" { return 12 }
    return exchanges.compactMap { $0.record.map { ($0["topic"]?.string ?? "", $0["partition"]?.int ?? 0) } }
      .filter { $0.0 == topic }.map { Int32($0.1 + 1) }.max() ?? 1
  }

  var topics: Set<String> { Set(exchanges.compactMap { $0.record?["topic"]?.string }) }
}

/// A request and what was answered, or a record as it lay in Kafka.
struct Exchange {
  let value: JSONValue
  var from: String { value["from"]?.string ?? "" }
  var to: String { value["to"]?.string ?? "" }

  enum Kind {
    /// An app calls its sidecar.
    case call(app: String)
    /// The sidecar calls an app.
    case delivery(app: String)
    /// Something else writes to Kafka.
    case produced
    /// The sidecar wrote to Kafka.
    case stored
    case other
  }

  var kind: Kind {
    switch (from, to) {
    case (let app, "dapr") where app.hasPrefix("app:") && value["request"] != nil: .call(app: String(app.dropFirst(4)))
    case ("dapr", let app) where app.hasPrefix("app:") && value["request"] != nil:
      .delivery(app: String(app.dropFirst(4)))
    case ("dapr", "kafka"): .stored
    case (_, "kafka"): .produced
    default: .other
    }
  }

  var method: String { value["request"]?["method"]?.string ?? "GET" }
  var path: String { value["request"]?["path"]?.string ?? "" }
  var hasResponse: Bool { value["response"]?["status"] != nil }
  var status: Int { value["response"]?["status"]?.int ?? 0 }
  var milliseconds: Int? { value["afterMs"]?.int }
  var record: JSONValue? { value["record"] }
  var vary: [String] { value["vary"]?.elements?.compactMap(\.string) ?? [] }
  var unordered: [String] { value["unordered"]?.elements?.compactMap(\.string) ?? [] }
  var requestHeaders: HTTPHeaders { Self.headers(value["request"]) }
  var requestBody: [UInt8] { Self.body(value["request"]) }
  var responseHeaders: HTTPHeaders { Self.headers(value["response"]) }
  var responseBody: [UInt8] { Self.body(value["response"]) }

  /// The request, with values of earlier answers in place of the recorded ones.
  func request(_ renewed: [String: String]) -> HTTPRequest {
    func renew(_ text: String) -> String {
      renewed.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
    let body = requestBody
    var request = HTTPRequest(
      HTTPMethod(method), renew(path),
      body: String(validating: body, as: UTF8.self).map { Array(renew($0).utf8) } ?? body)
    for field in requestHeaders { request.headers.add(field.name, renew(field.value)) }
    return request
  }

  /// What the app answered.
  var response: HTTPResponse { HTTPResponse(status: status, headers: responseHeaders, body: .bytes(responseBody)) }

  /// The record as a producer hands it in.
  var brokerRecord: BrokerRecord? {
    guard let record else { return nil }
    return BrokerRecord(
      timestamp: 1_795_000_000_000,
      key: Self.octets(record, "key"), value: Self.octets(record, "value"),
      headers: (record["headers"]?.elements ?? []).map {
        BrokerHeader($0[0]?.string ?? "", $0[1]?.string.map { Array($0.utf8) })
      })
  }

  private static func octets(_ value: JSONValue, _ name: String) -> [UInt8]? {
    if let text = value[name + "Base64"]?.string { return [UInt8](Data(base64Encoded: text) ?? Data()) }
    if let repeated = value[name + "Repeat"] { return Self.repeated(repeated) }
    return value[name]?.string.map { Array($0.utf8) }
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
    if let repeated = message?["bodyRepeat"] { return Self.repeated(repeated) }
    if let parts = message?["bodyParts"]?.elements {
      return parts.flatMap { part in part.string.map { Array($0.utf8) } ?? Self.repeated(part) }
    }
    return Array((message?["body"]?.string ?? "").utf8)
  }

  private static func repeated(_ value: JSONValue) -> [UInt8] {
    let text = String(repeating: value["text"]?.string ?? "", count: value["times"]?.int ?? 0)
    return Array(((value["before"]?.string ?? "") + text + (value["after"]?.string ?? "")).utf8)
  }
}
