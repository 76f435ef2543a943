import EventLoop
import Foundation
import HTTP2Transport
import JSON
import Tokens

/// A client that means what it asks for: it sends each write under an `Idempotency-Key` and repeats it, to whichever replica
/// is next, until an answer settles it. What it was told goes into the ledger.
actor Caller {
  /// When a write that is not settled is left.
  enum Patience: Sendable {
    /// It is repeated until an answer settles it or the moment has come.
    case until(ContinuousClock.Instant)
    /// It is left when it is refused or in doubt, and not repeated.
    case firstAnswer
  }

  /// How long a caller waits for an answer: not long, so that the first attempt is often still under way, at one replica, when
  /// the next comes to the other.
  private static let deadline: Duration = .seconds(2)

  private let name: String
  private let ledger: Ledger
  private let replicas: [HTTPClient]
  private let key: JWTKey
  private var tokens: [String: String] = [:]
  private var turn: Int
  private var count = 0

  /// - Parameters:
  ///   - name: begins the marks of its operations.
  ///   - ports: of the replicas of task-api.
  ///   - secret: `jwt-secret` of the mesh.
  init(name: String, ports: [Int], secret: String, loop: EventLoop, ledger: Ledger) throws {
    self.name = name
    self.ledger = ledger
    // A short backoff: a replica that was killed is started again at once.
    var settings = HTTPClient.Settings()
    settings.backoff = .milliseconds(20) ... .milliseconds(200)
    replicas = ports.map { HTTPClient(loop: loop, port: UInt16($0), settings: settings) }
    guard let key = JWTKey(secret: secret) else { throw NeverHeld(description: "the jwt-secret is no key") }
    self.key = key
    turn = name.utf8.reduce(0) { $0 + Int($1) }
  }

  /// Carries out an operation on a task; a create has none, and makes one whose title is the operation's mark, with `more`
  /// members.
  /// - Returns: also the task as the last answer showed it, null if it did not.
  @discardableResult
  func perform(
    _ action: Operation.Action, on task: String? = nil, more: [JSONValue.Member] = [], owner: String,
    patience: Patience
  ) async -> (operation: Operation, task: JSONValue) {
    count += 1
    return await carryOut(
      Operation(
        action: action, owner: owner, mark: "\(name)-\(count)", task: task, more: more, invoked: .now,
        outcome: .inDoubt), patience)
  }

  /// Repeats an operation that was left in doubt.
  @discardableResult
  func settle(_ operation: Operation, by end: ContinuousClock.Instant) async -> Operation {
    await carryOut(operation, .until(end)).operation
  }

  /// What a GET answers; nil when it does not.
  func get(_ path: String, owner: String) async -> (status: Int, body: JSONValue)? {
    guard let response = try? await send(HTTPRequest(.get, "/api/v1" + path), owner: owner) else { return nil }
    return (response.status, (try? JSONValue(parsing: response.body)) ?? .null)
  }

  private func carryOut(
    _ operation: Operation, _ patience: Patience
  ) async -> (operation: Operation, task: JSONValue) {
    var operation = operation
    // A write that is never heard of again may have taken place.
    if operation.isWrite { ledger.note(operation) }
    var body = JSONValue.null
    while true {
      let verdict: Verdict
      (verdict, body) = await attempt(operation.request, "\(operation)", operation.owner)
      operation.take(verdict, body)
      if operation.answered != nil || !operation.isWrite || Task.isCancelled { break }
      guard case .until(let end) = patience, .now < end else { break }
      try? await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
    }
    if operation.isWrite || operation.answered != nil { ledger.note(operation) }
    return (operation, body)
  }

  /// Makes several tasks by one request, and repeats it until every one of them is settled.
  func createMany(_ number: Int, owner: String, until end: ContinuousClock.Instant) async -> [Operation] {
    count += 1
    let key = "\(name)-\(count)"
    var operations = (0..<number).map {
      Operation(
        action: .create, owner: owner, mark: "\(key)/\($0)", isInBatch: true, invoked: .now, outcome: .inDoubt)
    }
    for operation in operations { ledger.note(operation) }
    var request = HTTPRequest(.post, "/api/v1/tasks/batch")
    let items = operations.map { JSONValue.object([.init("op", "create"), .init("task", $0.content)]) }
    request.body = JSONValue.object([.init("operations", .array(items))]).bytes
    request.headers["content-type"] = "application/json"
    request.headers["idempotency-key"] = key
    while true {
      let whole = await attempt(request, "batch \(key)", owner)
      let results = whole.body["results"]?.elements ?? []
      for index in operations.indices where operations[index].answered == nil {
        // Without a result for each the whole request was refused, or is in doubt.
        guard results.indices.contains(index) else {
          operations[index].take(whole.verdict, .null)
          continue
        }
        let task = results[index]["task"] ?? .null
        let status = results[index]["status"]?.int ?? 0
        operations[index].take(
          verdict(status, task.isNull ? results[index]["problem"] ?? .null : task, operations[index].mark), task)
      }
      if operations.allSatisfy({ $0.answered != nil }) || .now >= end || Task.isCancelled { break }
      try? await Task.sleep(for: .milliseconds(Int.random(in: 50...300)))
    }
    for operation in operations { ledger.note(operation) }
    return operations
  }

  private func attempt(
    _ request: HTTPRequest, _ name: String, _ owner: String
  ) async -> (verdict: Verdict, body: JSONValue) {
    let response: HTTPClientResponse
    do {
      response = try await send(request, owner: owner)
    } catch {
      switch error {
      case .unreachable, .lost(_, mayHaveRun: false): return (Verdict(meaning: .notStored, text: "unreachable"), .null)
      case .deadlineExceeded: return (Verdict(meaning: .unknown, text: "time-out"), .null)
      default: return (Verdict(meaning: .unknown, text: "cut"), .null)
      }
    }
    let body = (try? JSONValue(parsing: response.body)) ?? .null
    return (verdict(response.status, body, name), body)
  }

  /// - Parameter body: the task, or a problem.
  private func verdict(_ status: Int, _ body: JSONValue, _ name: String) -> Verdict {
    switch status {
    case 200, 201: return Verdict(meaning: .settled(.done(TaskState(body))), text: "\(status)")
    case 204: return Verdict(meaning: .settled(.done(nil)), text: "204")
    case 412: return Verdict(meaning: .settled(.conflict), text: "412")
    case 404: return Verdict(meaning: .settled(.missing), text: "404")
    case 503 where body["type"] == "in-doubt": return Verdict(meaning: .unknown, text: "in-doubt")
    case 429, 503: return Verdict(meaning: .notStored, text: "\(status)")
    default:
      ledger.note(surprise: "\(name) was answered \(status) \(String(decoding: body.bytes, as: UTF8.self))")
      return Verdict(meaning: .unknown, text: "\(status)")
    }
  }

  private func send(_ request: HTTPRequest, owner: String) async throws(HTTPClientError) -> HTTPClientResponse {
    var request = request
    request.headers["authorization"] = "Bearer \(token(of: owner))"
    turn += 1
    return try await replicas[turn % replicas.count].send(request, deadline: Self.deadline)
  }

  private func token(of owner: String) -> String {
    if let token = tokens[owner] { return token }
    let token = key.sign(JWTClaims(subject: owner, expiresAt: Date().timeIntervalSince1970 + 86_400))
    tokens[owner] = token
    return token
  }
}

/// What an answer says of a write.
private struct Verdict {
  enum Meaning {
    case settled(Operation.Outcome)
    case notStored
    case unknown
  }
  let meaning: Meaning
  let text: String
}

extension Operation {
  fileprivate mutating func take(_ verdict: Verdict, _ body: JSONValue) {
    answers.append(verdict.text)
    switch verdict.meaning {
    case .settled(let outcome):
      self.outcome = outcome
      answered = .now
    case .notStored: outcome = wasInDoubt ? .inDoubt : .refused
    case .unknown:
      outcome = .inDoubt
      wasInDoubt = true
    }
    if task == nil, case .settled = verdict.meaning { task = body["id"]?.string }
  }

  /// The task, or the changes of it, as a request carries them.
  fileprivate var content: JSONValue { .object([.init("title", .string(mark))] + more) }

  fileprivate var request: HTTPRequest {
    let path = "/api/v1/tasks" + (task.map { "/" + $0 } ?? "")
    var request =
      switch action {
      case .create: HTTPRequest(.post, "/api/v1/tasks")
      case .patch: HTTPRequest(.patch, path)
      case .complete: HTTPRequest(.post, path + "/complete")
      case .reopen: HTTPRequest(.post, path + "/reopen")
      case .restore: HTTPRequest(.post, path + "/restore")
      case .delete: HTTPRequest(.delete, path)
      case .read: HTTPRequest(.get, path)
      }
    if setsTitle {
      request.body = content.bytes
      request.headers["content-type"] = "application/json"
    }
    if case .patch(let version?) = action { request.headers["if-match"] = "\"\(version)\"" }
    if isWrite { request.headers["idempotency-key"] = mark }
    return request
  }
}

extension TaskState {
  /// From a task as the API and the state store write it; nil for what is none.
  init?(_ task: JSONValue) {
    guard let version = task["version"]?.int, let title = task["title"]?.string else { return nil }
    self.init(
      version: version, title: title, isDone: task["status"] == "done",
      isDeleted: task["deletedAt"].map { !$0.isNull } ?? false)
  }
}
