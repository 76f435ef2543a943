import Foundation
import JSON

@testable import DaprClient
@testable import HTTP2Transport

/// Exchanges recorded with a real daprd (format: Tests/Recordings/README.md).
struct Recording: Sendable, CustomStringConvertible {
  struct Exchange: Sendable {
    let method: String
    let target: String
    let requestHeaders: HTTPHeaders
    let requestBody: [UInt8]
    /// nil when no answer came.
    let response: HTTPClientResponse?
  }

  let name: String
  var description: String { name }
  let fromApp: [Exchange]
  let toApp: [Exchange]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Recordings").path

  static func all(_ area: String) throws -> [Recording] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(area)").sorted().map { file in
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(area)/\(file)"))
      let value = try JSONValue(parsing: Array(data))
      let exchanges = value["exchanges"]?.elements ?? []
      func between(_ from: String, _ to: String) -> [Exchange] {
        exchanges.filter {
          $0["from"]?.string?.hasPrefix(from) == true && $0["to"]?.string?.hasPrefix(to) == true && $0["request"] != nil
        }.map(Exchange.init)
      }
      return Recording(
        name: "\(area)/\(file)", fromApp: between("app", "dapr"), toApp: between("dapr", "app"))
    }
  }
}

extension Recording.Exchange {
  fileprivate init(_ value: JSONValue) {
    let request = value["request"] ?? .null
    method = request["method"]?.string ?? ""
    target = request["path"]?.string ?? ""
    requestHeaders = Self.headers(request)
    requestBody = Self.body(request)
    let answer = value["response"] ?? .null
    response = answer["status"]?.int.map {
      HTTPClientResponse(status: $0, headers: Self.headers(answer), body: Self.body(answer), trailers: [:])
    }
  }

  var path: String { String(target.prefix { $0 != "?" }) }
  /// The error code that daprd gave, if any.
  var errorCode: String { (try? JSONValue(parsing: response?.body ?? []))?["errorCode"]?.string ?? "" }

  private static func headers(_ message: JSONValue) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for pair in message["headers"]?.elements ?? [] {
      headers.add((pair[0]?.string ?? "").lowercased(), pair[1]?.string ?? "")
    }
    return headers
  }

  private static func body(_ message: JSONValue) -> [UInt8] {
    if let text = message["body"]?.string { return Array(text.utf8) }
    if let text = message["bodyBase64"]?.string { return Data(base64Encoded: text).map(Array.init) ?? [] }
    if let repeated = message["bodyRepeat"] { return self.repeated(repeated) }
    return (message["bodyParts"]?.elements ?? []).flatMap { part in
      part.string.map { Array($0.utf8) } ?? repeated(part)
    }
  }

  private static func repeated(_ value: JSONValue) -> [UInt8] {
    let text = String(repeating: value["text"]?.string ?? "", count: value["times"]?.int ?? 0)
    return Array(((value["before"]?.string ?? "") + text + (value["after"]?.string ?? "")).utf8)
  }
}

/// Gives the client one recorded answer, whatever it asks.
struct PlayedAnswer: SidecarTransport {
  let response: HTTPClientResponse?

  func send(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPClientResponse {
    guard let response else { throw .deadlineExceeded }
    return response
  }

  func stream(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> any SidecarStream {
    throw .badResponse("no recorded answer is streamed")
  }

  static func client(_ exchange: Recording.Exchange) -> DaprClient {
    DaprClient(transport: PlayedAnswer(response: exchange.response), apiToken: nil)
  }
}
