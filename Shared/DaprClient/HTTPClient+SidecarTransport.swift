import HTTP2Transport

extension HTTPClient: SidecarTransport {
  public func stream(
    _ request: HTTPRequest, deadline: Duration
  ) async throws(HTTPClientError) -> any SidecarStream { try await open(request, deadline: deadline) }
}

extension HTTPResponseStream: SidecarStream {}
