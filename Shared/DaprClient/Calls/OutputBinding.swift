import HTTP2Transport
import JSON

extension DaprClient {
  /// Runs `operation` of an output binding. `data` is JSON text; a string in it reaches most components with its quotes.
  /// - Returns: what the component answered, empty for nothing.
  @discardableResult
  public func invokeBinding(
    _ name: String, operation: String, data: [UInt8], metadata: [String: String] = [:], _ options: CallOptions = .init()
  ) async throws(DaprError) -> [UInt8] {
    var writer = JSONWriter(capacity: data.count + 128)
    writer.object {
      $0.key("operation")
      $0.string(operation)
      $0.key("data")
      $0.raw(data)
      $0.key("metadata")
      $0.object {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
          $0.key(named: name)
          $0.string(value)
        }
      }
    }
    let response = try await send(.post, "/v1.0/bindings/\(PercentEncoding.encode(name))", body: writer.bytes, options)
    try response.expect(200, 204)
    return response.body
  }
}
