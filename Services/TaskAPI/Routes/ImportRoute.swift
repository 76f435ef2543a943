import HTTP2Transport
import JSON
import Recurrence
import TaskModel

/// `POST /api/v1/import`: the tasks of a file, each written as an operation of a batch is.
struct ImportRoute: Sendable {
  private static let bodyLimit = 16 << 20

  let authenticator: Authenticator
  let batches: BatchWriter
  let markers: MarkerPublisher
  let rules: TaskRules

  func add(to router: inout Router) {
    router.on(.post, "/api/v1/import", bodyLimit: Self.bodyLimit, deadline: .seconds(600)) {
      request throws(Problem) in try await answer(request)
    }
  }

  private func answer(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    let format = try ImportFormat(request)
    let repeatable = try Repeatable(request, owner: owner)
    let plan = try await plan(request.body, format, owner).get()
    let results = try await batches.run(plan.items.map { .success($0.operation) }, owner: owner, repeatable: repeatable)
    var rejected = plan.rejected
    var written: [TaskVersion] = []
    var failure: Problem?
    for (item, result) in zip(plan.items, results) {
      switch result {
      case .success(let outcome): written += outcome.written
      case .failure(let problem):
        rejected.append(RejectedLine(line: item.line, detail: problem.sentences))
        if problem.status >= 500 { failure = problem }
      }
    }
    let imported = plan.items.count - (rejected.count - plan.rejected.count)
    if imported == 0, let failure { throw failure }
    rejected.sort { $0.line < $1.line }
    var headers = HTTPHeaders()
    if !written.isEmpty { headers["consistency-token"] = await markers.token(for: written, owner: owner).text }
    return .json(Self.body(imported, rejected), headers: headers)
  }

  /// A file of megabytes is not read on the loop that serves everyone.
  private func plan(_ body: [UInt8], _ format: ImportFormat, _ owner: String) async -> Result<ImportPlan, Problem> {
    let context = batches.writer.context(owner: owner)
    let zones = ImportZones(database: context.zones, home: context.defaultTimeZone)
    return await withTaskExecutorPreference(globalConcurrentExecutor) { [rules] in
      Result { () throws(Problem) in
        try ImportPlan(format.read(body, zones), owner: owner, rules: rules, zones: zones)
      }
    }
  }

  private static func body(_ imported: Int, _ rejected: [RejectedLine]) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 + rejected.count * 128)
    writer.object {
      $0.key("imported")
      $0.int(imported)
      $0.key("rejected")
      $0.array {
        for line in rejected {
          $0.object {
            $0.key("line")
            $0.int(line.line)
            $0.key("detail")
            $0.string(line.detail)
          }
        }
      }
    }
    return writer.bytes
  }
}
