import HTTP2Transport

/// Calls to the sidecar beside this process (Dapr HTTP API v1.0). One for each event loop, so that a request begins and
/// ends on one thread.
public struct DaprClient: Sendable, CustomStringConvertible {
  private let transport: any SidecarTransport
  private let apiToken: String?

  /// - Parameter apiToken: what daprd was given as `DAPR_API_TOKEN`, if anything.
  public init(transport: some SidecarTransport, apiToken: String?) {
    self.transport = transport
    self.apiToken = apiToken
  }

  /// Keeps the token out of logs.
  public var description: String { "DaprClient" }

  public func state(_ store: String) -> StateStore { StateStore(client: self, name: store) }
  public func pubsub(_ component: String) -> PubSub { PubSub(client: self, name: component) }
  public func secrets(_ store: String) -> SecretStore { SecretStore(client: self, name: store) }

  func send(
    _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], _ options: CallOptions
  ) async throws(DaprError) -> HTTPClientResponse {
    do throws(HTTPClientError) {
      return try await transport.send(
        request(method, target, headers, body, options), deadline: options.deadline)
    } catch {
      throw DaprError(error)
    }
  }

  func stream(
    _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], _ options: CallOptions
  ) async throws(DaprError) -> any SidecarStream {
    do throws(HTTPClientError) {
      return try await transport.stream(
        request(method, target, headers, body, options), deadline: options.deadline)
    } catch {
      throw DaprError(error)
    }
  }

  private func request(
    _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: [UInt8], _ options: CallOptions
  ) -> HTTPRequest {
    var headers = headers
    if let apiToken { headers.add("dapr-api-token", apiToken) }
    if let traceparent = options.traceparent { headers["traceparent"] = traceparent }
    if !body.isEmpty && headers["content-type"] == nil { headers.add("content-type", "application/json") }
    return HTTPRequest(method, target, headers: headers, body: body)
  }
}

extension HTTPClientResponse {
  /// Passes when the status is one of `expected`, else says what the sidecar answered.
  func expect(_ expected: Int...) throws(DaprError) {
    guard expected.contains(status) else { throw DaprError(status: status, body: body) }
  }
}
