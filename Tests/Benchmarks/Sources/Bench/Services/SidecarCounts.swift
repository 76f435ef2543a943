import EventLoop
import Glibc
import HTTP2Transport
import JSON

/// How many requests the sidecars have got, as LocalMesh's metadata counts them.
struct SidecarCounts: Sendable {
  /// By task-api.
  var taskAPI: Int
  /// By all four daemons; what follows a write may still come.
  var all: Int

  static func - (after: SidecarCounts, before: SidecarCounts) -> SidecarCounts {
    SidecarCounts(taskAPI: after.taskAPI - before.taskAPI, all: after.all - before.all)
  }
}

/// Asks the sidecars of a mesh.
struct SidecarMetadata: Sendable {
  private let clients: [HTTPClient]
  private let token: String

  /// - Parameter secrets: the mesh's `secrets.json`, which holds the sidecars' token.
  init(loop: EventLoop, portOffset: Int, secrets: String) throws {
    clients = (3500...3503).map { HTTPClient(loop: loop, port: UInt16($0 + portOffset)) }
    guard let token = (try? JSONValue(parsing: try Self.read(secrets)))?["dapr-api-token"]?.string else {
      throw BenchFailure("\(secrets) holds no dapr-api-token")
    }
    self.token = token
  }

  /// Nil where the sidecars are not LocalMesh's.
  func counts() async -> SidecarCounts? {
    var counts: [Int] = []
    for client in clients {
      let request = HTTPRequest(.get, "/v1.0/metadata", headers: ["dapr-api-token": token])
      guard let response = try? await client.send(request, deadline: .seconds(2)),
        let body = try? JSONValue(parsing: response.body),
        let count = body["extended"]?["localmesh.requests"]?.string.flatMap({ Int($0) })
      else { continue }
      counts.append(count)
    }
    guard let first = counts.first else { return nil }
    return SidecarCounts(taskAPI: first, all: counts.reduce(0, +))
  }

  private static func read(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw BenchFailure("\(path) cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(file, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}
