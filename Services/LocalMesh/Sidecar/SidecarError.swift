import HTTP2Transport
import JSON

/// An error in the shape of daprd's: `{"errorCode","message"}`, for stores and pub/sub with `details`.
struct SidecarError: Error {
  let status: Int
  let code: String
  let message: String
  /// The `reason` of `google.rpc.ErrorInfo`, with its metadata; nil for the plain shape.
  var reason: String?
  var metadata: [(String, String)] = []
  /// The pub/sub component that a `google.rpc.ResourceInfo` names.
  var pubsub: String?

  init(
    _ status: Int, _ code: String, _ message: String, reason: String? = nil, metadata: [(String, String)] = [],
    pubsub: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.reason = reason
    self.metadata = metadata
    self.pubsub = pubsub
  }

  /// What daprd answers to every path and method that it does not know.
  static let noRoute = SidecarError(
    404, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id")

  static func malformed(_ message: String) -> SidecarError { SidecarError(400, "ERR_MALFORMED_REQUEST", message) }

  var response: HTTPResponse {
    var body = JSONValue.object([.init("errorCode", .string(code)), .init("message", .string(message))])
    var details: [JSONValue] = []
    if let pubsub {
      details.append([
        "@type": "type.googleapis.com/google.rpc.ResourceInfo", "description": .string(message), "owner": "",
        "resource_name": .string(pubsub), "resource_type": "pubsub",
      ])
    }
    if let reason {
      details.append([
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "dapr.io",
        "metadata": .object(metadata.map { .init($0.0, .string($0.1)) }), "reason": .string(reason),
      ])
    }
    if !details.isEmpty { body["details"] = .array(details) }
    return .json(GoJSON.encode(body, sortsKeys: false), status: status)
  }
}
