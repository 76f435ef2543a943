import HTTP2Transport
import Synchronization

/// Counts calls between daemons by how they travel: the mesh promises HTTP/2 and protobuf on both hops. The second hop is never
/// HTTP/1.1, since ``AppChannel`` speaks nothing but HTTP/2, and it carries the bodies of the first.
final class Traffic: Sendable {
  struct Counts: Sendable, Equatable {
    var calls = 0
    /// Calls that reached the sidecar as HTTP/1.1.
    var http1 = 0
    /// Calls whose request, or whose answer if it is a success, has a body that is no protobuf.
    var notProtobuf = 0
  }

  private let state = Mutex(Counts())
  var counts: Counts { state.withLock { $0 } }

  /// - Parameter answer: nil where none came.
  func count(_ request: HTTPRequest, answer: HTTPResponseStream?) {
    // A probe asks whether a daemon is ready, in JSON as it answers everyone: it is no call of one daemon to another.
    if request.method == .get, request.path.hasSuffix("/readyz") { return }
    let isForeign = !request.body.isEmpty && !Self.isProtobuf(request.headers)
    let isForeignAnswer =
      answer.map { (200..<300).contains($0.status) && $0.status != 204 && !Self.isProtobuf($0.headers) } ?? false
    state.withLock {
      $0.calls += 1
      if request.version == .http1 { $0.http1 += 1 }
      if isForeign || isForeignAnswer { $0.notProtobuf += 1 }
    }
  }

  private static func isProtobuf(_ headers: HTTPHeaders) -> Bool {
    headers["content-type"]?.hasPrefix("application/x-protobuf") ?? false
  }
}
