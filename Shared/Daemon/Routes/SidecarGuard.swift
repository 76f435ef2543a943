import HTTP2Transport
import JSONLog

/// Lets the sidecar in and no one else: by the token that it was given as `APP_API_TOKEN`, or, where there is none, from the
/// loopback interface alone.
struct SidecarGuard: Sendable {
  let token: Secret<String>?

  func admits(_ head: HTTPRequest) -> Bool {
    guard let token else { return head.isFromLoopback }
    return head.headers["dapr-api-token"].map(token.matches) ?? false
  }

  static let refusal = HTTPRoute.refusal(
    Problem(401, "Only this daemon's sidecar may call this.", headers: ["www-authenticate": "dapr-api-token"]))
}
