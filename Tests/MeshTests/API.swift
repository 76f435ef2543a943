import Foundation
import HTTP2Transport
import JSON
import Testing
import Tokens

/// An answer with its JSON read.
struct Answer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: JSONValue
  subscript(name: String) -> JSONValue? { body[name] }
  var token: String { headers["consistency-token"] ?? "" }
}

extension Mesh {
  /// Calls task-api. `owner` nil is the local owner, without a token.
  func call(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, owner: String? = nil, headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    var request = HTTPRequest(method, "/api/v1" + path, headers: headers)
    if let body {
      request.body = body.bytes
      if headers["content-type"] == nil { request.headers["content-type"] = "application/json" }
    }
    if let owner { request.headers["authorization"] = "Bearer \(try token(for: owner))" }
    let response = try await api.send(request, deadline: .seconds(20))
    let json = response.body.isEmpty ? JSONValue.null : try JSONValue(parsing: response.body)
    return Answer(status: response.status, headers: response.headers, body: json)
  }

  func create(_ members: [JSONValue.Member], owner: String? = nil, headers: HTTPHeaders = [:]) async throws -> Answer {
    try await call(.post, "/tasks", .object(members), owner: owner, headers: headers)
  }

  func create(_ title: String, owner: String? = nil) async throws -> Answer {
    try await create([.init("title", .string(title))], owner: owner)
  }
}

extension Mesh {
  /// A token for an owner, signed with the mesh's own secret.
  func token(for owner: String, expiresIn seconds: Double = 3600) throws -> String {
    let key = try #require(JWTKey(secret: try secret("jwt-secret")))
    return key.sign(JWTClaims(subject: owner, expiresAt: Date().timeIntervalSince1970 + seconds))
  }
}
