import HTTP2Transport
import TaskModel
import Tokens

/// The routes of `/api/v1/tasks` for one task at a time: decode, call, encode.
struct TaskRoutes: Sendable {
  let authenticator: Authenticator
  let writer: TaskWriter
  let rules: TaskRules
  let markers: MarkerPublisher
  let subtasks: Subtasks

  func add(to router: inout Router) {
    router.on(.post, "/api/v1/tasks") { request throws(Problem) in try await create(request) }
    router.on(.get, "/api/v1/tasks/{id}") { request throws(Problem) in try await read(request) }
    router.on(.patch, "/api/v1/tasks/{id}") { request throws(Problem) in try await patch(request) }
    router.on(.delete, "/api/v1/tasks/{id}") { request throws(Problem) in try await delete(request) }
    for (name, change) in [("complete", TaskChange.complete), ("reopen", .reopen), ("restore", .restore)] {
      router.on(.post, "/api/v1/tasks/{id}/\(name)") { request throws(Problem) in try await act(change, request) }
    }
  }

  private func create(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    try RequestBody.checkType(request)
    let draft: TaskDraft
    do throws(TaskInputError) { draft = try TaskDraft(json: request.body.span, rules: rules) } catch {
      throw Problem(error)
    }
    return try await write(.create(draft), id: nil, owner, request, status: 201)
  }

  private func read(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    let id = try Self.id(request)
    guard let stored = try await writer.tasks.read(id, owner: owner)?.stored, stored.task.owner == owner,
      stored.task.deletedAt == nil
    else { throw .notFound }
    let task = stored.task
    let tag = EntityTag.text(task.version)
    if let header = request.headers["if-none-match"], EntityTag.matches(header, version: task.version) {
      return HTTPResponse(status: 304, headers: ["etag": tag])
    }
    return .json(task.json, headers: ["etag": tag])
  }

  private func patch(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    let id = try Self.id(request)
    try RequestBody.checkType(request)
    let patch: TaskPatch
    do throws(TaskInputError) { patch = try TaskPatch(json: request.body.span, rules: rules) } catch {
      throw Problem(error)
    }
    return try await write(.patch(patch, ifMatch: request.headers["if-match"]), id: id, owner, request, status: 200)
  }

  private func delete(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    return try await write(.delete, id: Self.id(request), owner, request, status: 204)
  }

  private func act(_ change: TaskChange, _ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
    let owner = try authenticator.owner(of: request)
    let id = try Self.id(request)
    try RequestBody.checkEmpty(request)
    return try await write(change, id: id, owner, request, status: 200)
  }

  private func write(
    _ change: TaskChange, id: String?, _ owner: String, _ request: HTTPRequest, status: Int
  ) async throws(Problem) -> HTTPResponse {
    let outcome = try await writer.run(
      change, id: id, owner: owner, repeatable: try Repeatable(request, owner: owner), status: status)
    var written = outcome.written
    if change.movesChildren { written += await subtasks.follow([outcome.task], owner: owner, written: written) }
    var headers: HTTPHeaders = ["consistency-token": await markers.token(for: written, owner: owner).text]
    if outcome.status == 204 { return HTTPResponse(status: 204, headers: headers) }
    headers["etag"] = EntityTag.text(outcome.task.version)
    if outcome.status == 201 { headers["location"] = "/api/v1/tasks/\(outcome.task.id)" }
    return .json(outcome.task.json, status: outcome.status, headers: headers)
  }

  /// An id that is none is an unknown one.
  private static func id(_ request: HTTPRequest) throws(Problem) -> String {
    guard let id = UUID(request.parameters["id"]) else { throw .notFound }
    return id.description
  }
}
