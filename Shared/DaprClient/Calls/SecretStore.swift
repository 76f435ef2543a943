import HTTP2Transport
import JSON

/// A Dapr secret store component.
public struct SecretStore: Sendable {
  let client: DaprClient
  let name: String

  /// The value named like `key`, or a multi-valued secret's by its member names. nil when there is none; the file store
  /// says that by an error of kind `failed`.
  public func get(_ key: String, _ options: CallOptions = .init()) async throws(DaprError) -> [String: String]? {
    let response = try await client.send(
      .get, "/v1.0/secrets/\(PercentEncoding.encode(name))/\(PercentEncoding.encode(key))", options)
    try response.expect(200, 204)
    guard response.status == 200 else { return nil }
    guard let members = (try? JSONValue(parsing: response.body))?.members else {
      throw DaprError(.badResponse, status: 200, message: "the secret \(key) is not a JSON object")
    }
    return Dictionary(
      members.compactMap { member in member.value.string.map { (member.name, $0) } }, uniquingKeysWith: { $1 })
  }
}
