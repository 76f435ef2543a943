import HTTP2Transport
import JSON

/// A Dapr state store component.
public struct StateStore: Sendable {
  let client: DaprClient
  let name: String
  private var path: String { "/v1.0/state/\(PercentEncoding.encode(name))" }

  /// The value of a key, or nil when it is not there.
  public func get(_ key: String, _ options: CallOptions = .init()) async throws(DaprError) -> StateEntry? {
    let response = try await client.send(.get, "\(path)/\(PercentEncoding.encode(key))", options)
    try response.expect(200, 204)
    guard response.status == 200 else { return nil }
    guard !response.body.isEmpty else {
      throw DaprError(.badResponse, status: 200, message: "the value of \(key) is not JSON")
    }
    return StateEntry(value: response.body, etag: ETag(response.headers["etag"] ?? ""))
  }

  /// The values of those `keys` that are there.
  public func get(all keys: [String], _ options: CallOptions = .init()) async throws(DaprError) -> [String: StateEntry]
  {
    guard !keys.isEmpty else { return [:] }
    var writer = JSONWriter(capacity: keys.count * 48)
    writer.object {
      $0.key("keys")
      // daprd answers a key that is asked twice with an entry without a key.
      $0.array { for key in Set(keys) { $0.string(key) } }
    }
    let response = try await client.send(.post, "\(path)/bulk", body: writer.bytes, options)
    try response.expect(200, 204)
    return response.status == 204 ? [:] : try StateAnswer.entries(response.body)
  }

  /// Writes one value; a precondition that does not hold is an ``DaprError/Kind/etagMismatch``.
  public func save(_ operation: StateOperation, _ options: CallOptions = .init()) async throws(DaprError) {
    guard case .upsert = operation.action else { return try await delete(operation, options) }
    var writer = JSONWriter(capacity: operation.octets)
    writer.array { operation.writeItem(to: &$0) }
    try await client.send(.post, path, body: writer.bytes, options).expect(204)
  }

  /// Deletes a key, which need not be there unless an ETag is given.
  public func delete(
    _ key: String, if precondition: StateOperation.Precondition = .none, _ options: CallOptions = .init()
  ) async throws(DaprError) {
    try await delete(.delete(key, if: precondition), options)
  }

  private func delete(_ operation: StateOperation, _ options: CallOptions) async throws(DaprError) {
    var headers = HTTPHeaders()
    if case .matches(let etag) = operation.precondition { headers["if-match"] = etag.text }
    try await client.send(.delete, "\(path)/\(PercentEncoding.encode(operation.key))", headers: headers, options)
      .expect(204)
  }

  /// Does all of `operations` or none. They are sent in the order of their keys, since PostgreSQL ends one of two
  /// transactions that lock the same keys in different orders. No key may stand twice.
  public func transaction(_ operations: [StateOperation], _ options: CallOptions = .init()) async -> TransactionOutcome
  {
    var writer = JSONWriter(capacity: operations.reduce(64) { $0 + $1.octets })
    writer.object {
      $0.key("operations")
      $0.array {
        for operation in operations.sorted(by: { $0.key < $1.key }) {
          $0.object {
            $0.key("operation")
            $0.string(operation.action == .delete ? "delete" : "upsert")
            $0.key("request")
            operation.writeItem(to: &$0)
          }
        }
      }
    }
    do throws(DaprError) {
      let response = try await client.send(.post, "\(path)/transaction", body: writer.bytes, options)
      switch response.status {
      case 204: return .committed
      case 400: return .refused(DaprError(status: 400, body: response.body))
      default: return .inDoubt(DaprError(status: response.status, body: response.body))
      }
    } catch {
      return error.neverRan ? .notSent(error) : .inDoubt(error)
    }
  }
}

extension StateOperation {
  /// The item as the state API takes it: ETag and metadata values are strings.
  fileprivate func writeItem(to writer: inout JSONWriter) {
    writer.object {
      $0.key("key")
      $0.string(key)
      if case .upsert(let value) = action {
        $0.key("value")
        $0.raw(value)
      }
      if case .matches(let etag) = precondition {
        $0.key("etag")
        $0.string(etag.text)
      }
      if precondition != .none {
        $0.key("options")
        $0.object {
          $0.key("concurrency")
          $0.string("first-write")
        }
      }
      if let timeToLive {
        $0.key("metadata")
        $0.object {
          $0.key("ttlInSeconds")
          $0.string(String(timeToLive))
        }
      }
    }
  }
}
