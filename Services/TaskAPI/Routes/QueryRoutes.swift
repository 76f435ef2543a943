import HTTP2Transport
import JSON
import Recurrence
import TaskModel

/// `GET /tasks`, `/tags` and `/lists`: checked here, answered by the index.
struct QueryRoutes: Sendable {
  let authenticator: Authenticator
  let index: IndexClient
  let now: @Sendable () -> Instant

  func add(to router: inout Router) {
    router.on(.get, "/api/v1/tasks") { request throws(Problem) in try await list(request) }
    router.on(.get, "/api/v1/tags") { request throws(Problem) in try await counts(.tag, request) }
    router.on(.get, "/api/v1/lists") { request throws(Problem) in try await counts(.list, request) }
  }

  private func list(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    let parameters = try ListParameters(request, owner: owner)
    var query = QueryRequest()
    query.owner = owner
    query.q = parameters.q
    query.filter = parameters.filter
    query.sort = parameters.sort
    query.limit = parameters.limit
    query.cursor = parameters.cursor
    query.after = parameters.after?.consistency
    query.partition = OwnerPartition.of(owner)
    query.deadlineMs = Self.patienceMs
    query.nowMs = now().millisecondsSinceEpoch
    query.timeZone = "UTC"
    query.typing = parameters.typing
    let response = try await index.query(query)
    var writer = JSONWriter(capacity: response.items.reduce(64) { $0 + $1.count + 1 })
    writer.object {
      $0.key("items")
      $0.array { for item in response.items { $0.raw(item) } }
      $0.key("nextCursor")
      if let cursor = response.nextCursor { $0.string(cursor) } else { $0.null() }
      $0.key("total")
      $0.int(response.total)
    }
    return .json(writer.bytes)
  }

  private func counts(_ column: CountsRequest.Column, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    var query = CountsRequest()
    query.owner = owner
    query.column = column
    query.after = try QueryValues(request, names: ["after"]).token(owner: owner)?.consistency
    query.partition = OwnerPartition.of(owner)
    query.deadlineMs = Self.patienceMs
    query.isLast = true
    let counts = try await index.counts(query)
    var writer = JSONWriter(capacity: 64 + counts.count * 64)
    writer.object {
      $0.key("items")
      $0.array {
        for count in counts {
          $0.object {
            $0.key("name")
            $0.string(count.name)
            $0.key("open")
            $0.int(count.open)
            $0.key("done")
            $0.int(count.done)
          }
        }
      }
    }
    return .json(writer.bytes)
  }

  private static let patienceMs = Int(IndexClient.patience / .milliseconds(1))
}
