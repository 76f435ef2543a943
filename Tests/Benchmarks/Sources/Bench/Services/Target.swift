/// A service over one protocol.
struct Target: Sendable {
  /// Names of the three that are compared. uvicorn speaks HTTP/1.1 alone, so that is where the ratios come from.
  static let http1 = "Taskmesh, HTTP/1.1"
  static let http2 = "Taskmesh, HTTP/2"
  static let peer = "FastAPI, HTTP/1.1"

  let name: String
  let service: any Service
  let connect: @Sendable () -> any Client
}
