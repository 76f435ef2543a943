import HTTP2Transport
import JSON

extension DaprClient {
  /// Whether the sidecar's API works, whatever the state of the app beside it (`/v1.0/healthz/outbound`): what to wait for
  /// before using it. `/v1.0/healthz` would wait for this very process.
  public func isOutboundReady(_ options: CallOptions = .init(deadline: .seconds(1))) async -> Bool {
    let response = try? await send(.get, "/v1.0/healthz/outbound", options)
    return response?.status == 204
  }

  /// Returns when another daemon says that it is ready (its `/readyz`, asked by invocation). Throws what it or the sidecar
  /// says instead.
  public func requireReady(
    _ app: String, _ options: CallOptions = .init(deadline: .seconds(1))
  ) async throws(DaprError) {
    try await send(.get, "/v1.0/invoke/\(app)/method/readyz", options).expect(200)
  }

  /// What the sidecar says of itself and its components (`/v1.0/metadata`).
  public func metadata(_ options: CallOptions = .init()) async throws(DaprError) -> JSONValue {
    let response = try await send(.get, "/v1.0/metadata", options)
    try response.expect(200)
    guard let value = try? JSONValue(parsing: response.body) else {
      throw DaprError(.badResponse, status: 200, message: "the metadata are not JSON")
    }
    return value
  }
}
