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

  init(_ status: Int, _ code: String, _ message: String, reason: String? = nil, metadata: [(String, String)] = []) {
    self.status = status
    self.code = code
    self.message = message
    self.reason = reason
    self.metadata = metadata
  }

  /// What daprd answers to every path and method that it does not know.
  static let noRoute = SidecarError(
    404, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id")

  static func malformed(_ message: String) -> SidecarError { SidecarError(400, "ERR_MALFORMED_REQUEST", message) }

  var response: HTTPResponse {
    var body = JSONValue.object([.init("errorCode", .string(code)), .init("message", .string(message))])
    if let reason {
      let info = JSONValue.object([
        .init("@type", .string("type.googleapis.com/google.rpc.ErrorInfo")), .init("domain", .string("dapr.io")),
        .init("metadata", .object(metadata.map { .init($0.0, .string($0.1)) })), .init("reason", .string(reason)),
      ])
      body["details"] = .array([info])
    }
    return .json(GoJSON.encode(body, sortsKeys: false), status: status)
  }
}
