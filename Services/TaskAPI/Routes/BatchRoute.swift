import HTTP2Transport
import JSON
import TaskModel

/// `POST /api/v1/tasks/batch`.
struct BatchRoute: Sendable {
  private static let bodyLimit = 16 << 20

  let authenticator: Authenticator
  let batches: BatchWriter
  let markers: MarkerPublisher
  let subtasks: Subtasks
  let rules: TaskRules

  func add(to router: inout Router) {
    router.on(.post, "/api/v1/tasks/batch", bodyLimit: Self.bodyLimit, deadline: .seconds(60)) {
      request throws(Problem) in try await answer(request)
    }
  }

  private func answer(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    try RequestBody.checkType(request)
    let batch = try BatchRequest(request.body, rules: rules)
    let results = try await batches.run(
      batch.operations, owner: owner, repeatable: try Repeatable(request, owner: owner))
    var written = results.flatMap { (try? $0.get())?.written ?? [] }
    let moved = zip(batch.operations, results).compactMap { operation, result in
      (try? operation.get())?.change.movesChildren == true ? (try? result.get())?.task : nil
    }
    if !moved.isEmpty { written += await subtasks.follow(moved, owner: owner, written: written) }
    var headers = HTTPHeaders()
    if !written.isEmpty {
      headers["consistency-token"] = await markers.token(for: written, owner: owner).text
    }
    return .json(Self.body(results), headers: headers)
  }

  private static func body(_ results: BatchWriter.Results) -> [UInt8] {
    var writer = JSONWriter(capacity: results.count * 800)
    writer.object {
      $0.key("results")
      $0.array {
        for result in results {
          $0.object {
            $0.key("status")
            switch result {
            case .success(let outcome):
              $0.int(outcome.status)
              guard outcome.status != 204 else { return }
              $0.key("task")
              outcome.task.write(to: &$0)
            case .failure(let problem):
              $0.int(problem.status)
              $0.key("problem")
              $0.raw(problem.json)
            }
          }
        }
      }
    }
    return writer.bytes
  }
}

extension Problem {
  fileprivate var json: [UInt8] {
    guard case .bytes(let bytes) = response.body else { return Array("null".utf8) }
    return bytes
  }
}
