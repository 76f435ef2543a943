import EventLoop
import Glibc
import HTTP2Transport
import JSON

/// How many requests the sidecars have got, as LocalMesh's metadata counts them.
struct SidecarCounts: Sendable {
  /// By task-api.
  var taskAPI = 0
  /// Among them state transactions, and calls that publish.
  var transactions = 0
  var publishes = 0
  /// By all four daemons; what follows a write may still come.
  var all = 0

  static func - (after: SidecarCounts, before: SidecarCounts) -> SidecarCounts {
    SidecarCounts(
      taskAPI: after.taskAPI - before.taskAPI, transactions: after.transactions - before.transactions,
      publishes: after.publishes - before.publishes, all: after.all - before.all)
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

  /// nil where the sidecars are not LocalMesh's.
  func counts() async -> SidecarCounts? {
    var counts: SidecarCounts?
    for (number, client) in clients.enumerated() {
      let request = HTTPRequest(.get, "/v1.0/metadata", headers: ["dapr-api-token": token])
      guard let response = try? await client.send(request, deadline: .seconds(2)),
        let extended = (try? JSONValue(parsing: response.body))?["extended"],
        let all = Self.count("localmesh.requests", in: extended)
      else { continue }
      if number == 0 {
        counts = SidecarCounts(
          taskAPI: all, transactions: Self.count("localmesh.requests.transactions", in: extended) ?? 0,
          publishes: Self.count("localmesh.requests.publishes", in: extended) ?? 0)
      }
      counts?.all += all
    }
    return counts
  }

  private static func count(_ name: String, in extended: JSONValue) -> Int? {
    extended[name]?.string.flatMap { Int($0) }
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
