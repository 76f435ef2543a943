import HTTP2Transport
import JSON
import Synchronization

/// task-api of a running mesh, as the owner `local`.
final class Taskmesh: Service {
  let name = "Taskmesh"
  private let workload: Workload
  private let ids: [String]

  init(_ workload: Workload, ids: [String] = []) {
    self.workload = workload
    self.ids = ids
  }

  private static let tasks = "/api/v1/tasks"

  func request(_ operation: Operation, _ number: Int) -> HTTPRequest {
    switch operation {
    case .get: HTTPRequest(.get, "\(Self.tasks)/\(workload.pick(number, of: ids))")
    case .list:
      HTTPRequest(
        .get, "\(Self.tasks)?filter=status%20%3D%20open%20and%20priority%20%3D%20\(workload.priority(number))&sort=due")
    case .search: HTTPRequest(.get, "\(Self.tasks)?q=\(workload.query(number))")
    case .create: .post(Self.tasks, json: workload.body(number))
    }
  }

  func store(_ tasks: [Workload.Task], by client: any Client) async throws -> [String] {
    let operations = tasks.map { JSONValue.object([.init("op", "create"), .init("task", $0.json)]) }
    let body = JSONValue.object([.init("operations", .array(operations))])
    let answer = await client.send(.post(Self.tasks + "/batch", json: body.bytes), deadline: .seconds(60))
    let results = (try? JSONValue(parsing: answer.body))?["results"]?.elements ?? []
    let ids = results.compactMap { $0["task"]?["id"]?.string }
    guard ids.count == tasks.count else { throw BenchFailure("\(name) answered a batch with \(answer.excerpt)") }
    return ids
  }

  /// Writes one task and lists until it is in.
  func settle(by client: any Client) async throws {
    let created = await client.send(request(.create, 0), deadline: Phase.patience)
    guard created.status == 201, let token = created.headers["consistency-token"] else {
      throw BenchFailure("\(name) answered a create with \(created.excerpt)")
    }
    for _ in 0..<30 {
      let list = await client.send(
        HTTPRequest(.get, "\(Self.tasks)?limit=1&after=\(token)"), deadline: Phase.patience)
      if list.status == 200 { return }
      if list.status != 503 { throw BenchFailure("\(name) answered a list with \(list.excerpt)") }
      try await Task.sleep(for: .seconds(1))
    }
    throw BenchFailure("the index of \(name) does not catch up")
  }
}
