import HTTP2Transport
import JSON

/// `peers/fastapi_app.py`.
final class FastAPIPeer: Service {
  let name = "FastAPI"
  private let workload: Workload
  private let ids: [String]

  init(_ workload: Workload, ids: [String] = []) {
    self.workload = workload
    self.ids = ids
  }

  func request(_ operation: Operation, _ number: Int) -> HTTPRequest {
    switch operation {
    case .get: HTTPRequest(.get, "/tasks/\(workload.pick(number, of: ids))")
    case .list: HTTPRequest(.get, "/tasks?status=open&priority=\(workload.priority(number))")
    case .search: HTTPRequest(.get, "/tasks/search?q=\(workload.query(number))")
    case .create: .post("/tasks", json: workload.body(number))
    }
  }

  func store(_ tasks: [Workload.Task], by client: any Client) async throws -> [String] {
    let body = JSONValue.array(tasks.map(\.json))
    let answer = await client.send(.post("/tasks/batch", json: body.bytes), deadline: .seconds(60))
    let ids = (try? JSONValue(parsing: answer.body))?.elements?.compactMap(\.int) ?? []
    guard ids.count == tasks.count else { throw BenchFailure("\(name) answered a batch with \(answer.excerpt)") }
    return ids.map(String.init)
  }

  /// A commit is all that there is.
  func settle(by client: any Client) async throws {
    let created = await client.send(request(.create, 0), deadline: Phase.patience)
    guard created.status == 201 else { throw BenchFailure("\(name) answered a create with \(created.excerpt)") }
  }
}
