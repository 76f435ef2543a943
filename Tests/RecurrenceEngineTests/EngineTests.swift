import DaprClient
import HTTP2Transport
import JSON
import JSONLog
import Metrics
import Protobuf
import Recurrence
import Synchronization
import TaskModel
import Testing

@testable import RecurrenceEngine

/// Notes what it is asked, and fails when told to.
final class FakeTaskAPI: TaskAPI {
  private let state = Mutex((requests: [MakeNextRequest](), error: DaprError?.none))

  var requests: [MakeNextRequest] { state.withLock { $0.requests } }
  func fail(_ error: DaprError?) { state.withLock { $0.error = error } }

  func makeNext(_ request: MakeNextRequest, traceparent: String?) async throws -> MakeNextResponse {
    let error = state.withLock { state in
      state.requests.append(request)
      return state.error
    }
    if let error { throw error }
    return MakeNextResponse()
  }
}

@Suite struct EngineTests {
  let api = FakeTaskAPI()
  let buried = Buried()
  let engine: RecurrenceEngine

  final class Buried: Sendable {
    private let reasons = Mutex<[String]>([])
    var all: [String] { reasons.withLock { $0 } }
    func add(_ reason: String) { reasons.withLock { $0.append(reason) } }
  }

  init() {
    engine = RecurrenceEngine(taskAPI: api, zones: ZoneDatabase(), log: .silent, metrics: MetricsRegistry()) {
      [buried] _, reason in buried.add(reason)
    }
  }

  private func task(_ id: String = "t1", rule: String? = "FREQ=DAILY;COUNT=3") throws -> TaskItem {
    var task = TaskItem(id: id, owner: "alice", title: "Water", createdAt: try Instant("2027-03-01T08:00:00Z"))
    task.due = try WallTime("2027-03-01T09:00:00")
    task.dueAt = try Instant("2027-03-01T09:00:00Z")
    task.recurrence = rule.map { TaskRecurrence(rule: $0) }
    task.status = .done
    task.completedAt = try Instant("2027-03-01T23:59:00Z")
    task.version = 3
    return task
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    switch engine.router.route(request).handler {
    case .immediate(let handler): handler(request)
    case .task(let handler): await handler(request)
    case .refusal(let response): response
    }
  }

  private func deliver(_ events: [[UInt8]]) async throws -> [String] {
    var writer = JSONWriter()
    writer.object {
      $0.key("entries")
      $0.array {
        for (index, event) in events.enumerated() {
          $0.object {
            $0.key("entryId")
            $0.string(String(index))
            $0.key("event")
            $0.raw(event)
          }
        }
      }
    }
    let response = await answer(HTTPRequest(.post, "/events/tasks", body: writer.bytes))
    guard case .bytes(let body) = response.body else { return [] }
    return try JSONValue(parsing: body)["statuses"]?.elements?.compactMap { $0["status"]?.string } ?? []
  }

  private func deliver(_ tasks: TaskItem...) async throws -> [String] {
    try await deliver(tasks.map { TaskEvent(task: $0, change: []).json })
  }

  @Test func aCompletedTaskThatRecursIsFollowed() async throws {
    #expect(try await deliver(task()) == ["SUCCESS"])
    let request = try #require(api.requests.first)
    #expect(request.owner == "alice" && request.sourceID == "t1")
    #expect(request.completedAt == (try Instant("2027-03-01T23:59:00Z")))
    #expect(request.due == (try WallTime("2027-03-02T09:00:00")) && request.occurrence == request.due)
    #expect(request.recurrence?.rule == "FREQ=DAILY;COUNT=2")
  }

  /// protocols.md §4: a redelivery after midnight asks for the very same.
  @Test func aRedeliveryAsksForTheSame() async throws {
    api.fail(DaprError(.lost, message: "the connection to the sidecar ended"))
    #expect(try await deliver(task()) == ["RETRY"])
    api.fail(nil)
    #expect(try await deliver(task()) == ["SUCCESS"])
    #expect(api.requests.count == 2 && api.requests[0] == api.requests[1])
  }

  /// protocols.md §2: completed (v3), note edited (v4); v4 overtakes v3, or compaction eats it.
  @Test func theStateCountsAndNotTheChange() async throws {
    var edited = try task()
    edited.version = 4
    edited.notes = "Twice in summer"
    #expect(try await deliver([TaskEvent(task: edited, change: ["notes"]).json]) == ["SUCCESS"])
    #expect(api.requests.count == 1)
  }

  @Test func ofOneTaskTheLatestStateInABatchCounts() async throws {
    var reopened = try task()
    reopened.version = 4
    reopened.status = .open
    reopened.completedAt = nil
    #expect(try await deliver(reopened, task()) == ["SUCCESS", "SUCCESS"])
    #expect(api.requests.isEmpty)
  }

  @Test func othersAreLeftAlone() async throws {
    var open = try task("open")
    open.status = .open
    open.completedAt = nil
    let once = try task("once", rule: nil)
    let over = try task("over", rule: "FREQ=DAILY;COUNT=1")
    #expect(try await deliver(open, once, over) == ["SUCCESS", "SUCCESS", "SUCCESS"])
    #expect(
      try await deliver([Array("null".utf8), MarkerEvent(marker: "m").json]) == ["SUCCESS", "SUCCESS"])
    #expect(api.requests.isEmpty && buried.all.isEmpty)
  }

  @Test func whatNobodyCanUseIsBuriedAndKeepsNobodyWaiting() async throws {
    let unreadable = Array(#"{"id":"x","type":"task.changed","data":{"id":1}}"#.utf8)
    let badRule = TaskEvent(task: try task("bad", rule: "FREQ=NEVER"), change: []).json
    #expect(
      try await deliver([unreadable, badRule, TaskEvent(task: try task(), change: []).json])
        == ["SUCCESS", "SUCCESS", "SUCCESS"])
    #expect(buried.all.count == 2 && api.requests.count == 1)
    api.fail(DaprError(.failed, status: 422, message: "The due is too late."))
    #expect(try await deliver(task()) == ["SUCCESS"])
    #expect(buried.all.count == 3)
  }

  @Test(arguments: [
    DaprError(.failed, status: 500, errorCode: "ERR_DIRECT_INVOKE", message: "failed to invoke"),
    DaprError(.notFound, status: 404, errorCode: "ERR_DIRECT_INVOKE", message: "no app id"),
    DaprError(.failed, status: 503, message: "in doubt"), DaprError(.deadline, message: "no answer in time"),
    DaprError(.refused, status: 400, errorCode: "ERR_MALFORMED_REQUEST", message: "bad path"),
  ])
  func itsOwnFailuresBringTheEventAgain(_ error: DaprError) async throws {
    api.fail(error)
    #expect(try await deliver(task()) == ["RETRY"])
    #expect(buried.all.isEmpty)
  }

  private func call<Request: ProtobufMessage, Response: ProtobufMessage>(
    _ name: String, _ request: Request, _ type: Response.Type = Response.self
  ) async throws -> Response {
    let response = await answer(
      HTTPRequest(.post, "/internal/v1/recurrence/\(name)", body: request.protobuf))
    #expect(response.status == 200)
    guard case .bytes(let body) = response.body else { throw Problem.notFound }
    var reader = MessageFrameReader()
    reader.append(body)
    let message = try #require(try reader.next())
    #expect(reader.isComplete)
    return try Response(protobuf: message.span)
  }

  @Test func aRecurrenceIsChecked() async throws {
    var request = CheckRequest()
    request.recurrence = TaskRecurrence(rule: "FREQ=WEEKLY;BYDAY=XX")
    request.timeZone = "Nowhere/At_All"
    let bad: CheckResponse = try await call("check", request)
    #expect(bad.errors.map(\.pointer) == ["/due", "/recurrence/rule", "/timeZone"] && bad.isLast)
    request.recurrence = TaskRecurrence(rule: "FREQ=WEEKLY;BYDAY=MO")
    request.due = try WallTime("2027-03-01")
    request.timeZone = "Europe/Berlin"
    let good: CheckResponse = try await call("check", request)
    #expect(good.errors.isEmpty && good.isLast)
  }

  @Test func aRuleIsPreviewed() async throws {
    var request = PreviewRequest()
    request.rule = "FREQ=DAILY"
    request.start = try WallTime("2027-03-13T02:30:00")
    request.timeZone = "America/New_York"
    request.count = 3
    let response: PreviewResponse = try await call("preview", request)
    #expect(
      response.occurrences.map { $0.local?.description } == [
        "2027-03-13T02:30:00", "2027-03-14T03:30:00", "2027-03-15T02:30:00",
      ])
    #expect(response.occurrences.map(\.offset) == [-18_000, -14_400, -14_400])
    request.rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    let never: PreviewResponse = try await call("preview", request)
    #expect(never.occurrences.isEmpty && never.warnings.count == 1 && never.errors.isEmpty)
    request.count = 1001
    let tooMany: PreviewResponse = try await call("preview", request)
    #expect(tooMany.errors.map(\.pointer) == ["/count"])
  }

  @Test func skippingAsksForTheNextDue() async throws {
    var request = NextRequest()
    request.recurrence = TaskRecurrence(rule: "FREQ=WEEKLY")
    request.due = try WallTime("2027-03-01T09:00:00")
    request.timeZone = "UTC"
    let response: NextResponse = try await call("next", request)
    #expect(response.due == (try WallTime("2027-03-08T09:00:00")))
  }

  @Test func aBodyThatIsNoMessageIsRefused() async {
    let response = await answer(
      HTTPRequest(.post, "/internal/v1/recurrence/check", body: Array("{\"rule\":1}".utf8)))
    #expect(response.status == 400)
    #expect(response.headers["content-type"] == "application/problem+json")
  }
}
