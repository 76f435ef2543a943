import HTTP2Transport
import JSON
import Recurrence
import Synchronization
import TaskModel
import TaskQuery
import Testing
import Tokens

@testable import TaskAPI

/// An index that always knows what the store has.
final class StoreIndex: Sendable {
  private let store: FakeStore
  struct State {
    var isAway = false
    /// What was asked for, and what had to be there.
    var questions: [(parents: [String], after: Consistency)] = []
  }
  let state = Mutex(State())

  init(store: FakeStore) { self.store = store }

  var find: Subtasks.Find {
    { parents, owner, areDeleted, after throws(Problem) in
      let isAway = self.state.withLock { state in
        state.questions.append((parents, after))
        return state.isAway
      }
      if isAway { throw Problem(503, "The index cannot be asked.") }
      let values = self.store.state.withLock { $0.values }.filter { $0.key.hasPrefix("task/") }.values
      return values.compactMap { try? StoredTask(json: $0.value.span).task }.filter { task in
        task.owner == owner && (task.deletedAt != nil) == areDeleted && parents.contains(task.parent ?? "")
      }.map { ChildrenQuery.Child(id: $0.id, parent: $0.parent ?? "") }.sorted { $0.id < $1.id }
    }
  }
}

/// A clock that shows one second more at each look.
final class ShownTime: Sendable {
  private let seconds = Atomic<Int>(1_800_000_000)

  func next() -> Instant { Instant(secondsSinceEpoch: seconds.add(1, ordering: .relaxed).newValue) }
  func pass(days: Int) { seconds.add(days * 86_400, ordering: .relaxed) }
}

/// The API over a state store and a topic in memory, called as its server calls it.
struct APIHarness: Sendable {
  static let key = JWTKey(secret: "secret")
  let journal: JournalHarness
  let writer: TaskWriter
  let index: StoreIndex
  let subtasks: Subtasks
  let clock = ShownTime()
  private let router: Router

  init(store: FakeStore = FakeStore()) async throws {
    index = StoreIndex(store: store)
    journal = JournalHarness(store: store)
    let number = Atomic<UInt64>(0)
    let origins = Origins([])
    let zones = ZoneDatabase()
    let authenticator = Authenticator(mode: .token, origins: origins, key: { Self.key }, now: { 0 })
    let rules = TaskRules(
      isKnownZone: { (try? zones.zone(named: $0)) != nil }, ruleFault: { _ in nil }, foldCase: caseFolded)
    writer = TaskWriter(
      tasks: TaskStore(store: journal.store, journal: journal.writer), locks: KeyLocks(), zones: zones,
      ids: {
        UUID(high: 0x0195_0000_0000_7000, low: 1 << 63 | number.add(1, ordering: .relaxed).newValue).description
      }, now: { [clock] in clock.next() })
    var router = Router()
    let markers = MarkerPublisher(publication: journal.writer.publication)
    subtasks = Subtasks(writer: writer, find: index.find, markers: markers, log: .silent)
    TaskRoutes(authenticator: authenticator, writer: writer, rules: rules, markers: markers, subtasks: subtasks)
      .add(to: &router)
    HistoryRoute(authenticator: authenticator, tasks: writer.tasks).add(to: &router)
    let batches = BatchWriter(writer: writer)
    BatchRoute(
      authenticator: authenticator, batches: batches, markers: markers, subtasks: subtasks, rules: rules
    ).add(to: &router)
    ImportRoute(authenticator: authenticator, batches: batches, markers: markers, rules: rules).add(to: &router)
    self.router = router
    try await journal.ready()
  }

  struct Answer: Sendable, Equatable {
    let status: Int
    let headers: HTTPHeaders
    let body: JSONValue
    subscript(name: String) -> JSONValue? { body[name] }
  }

  func call(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, owner: String = "ann", headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    try await send(method, path, body?.bytes ?? [], owner: owner, headers: headers)
  }

  func send(
    _ method: HTTPMethod, _ path: String, _ body: [UInt8], owner: String = "ann", headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    var request = HTTPRequest(method, "/api/v1" + path, headers: headers, body: body)
    if !body.isEmpty, headers["content-type"] == nil { request.headers["content-type"] = "application/json" }
    let token = try #require(Self.key?.sign(JWTClaims(subject: owner, expiresAt: 1e9)))
    request.headers["authorization"] = "Bearer \(token)"
    let route = router.route(request)
    request.parameters = route.parameters
    let response: HTTPResponse
    switch route.handler {
    case .task(let handler): response = await handler(request)
    case .immediate(let handler): response = handler(request)
    case .refusal(let refusal): response = refusal
    }
    guard case .bytes(let bytes) = response.body else { throw NeverHeld(what: "a body of bytes") }
    return Answer(
      status: response.status, headers: response.headers, body: bytes.isEmpty ? .null : try JSONValue(parsing: bytes))
  }

  /// - Returns: the id of a new task.
  func create(_ members: JSONValue = ["title": "Water the plants"], owner: String = "ann") async throws -> String {
    let answer = try await call(.post, "/tasks", members, owner: owner)
    #expect(answer.status == 201)
    return try #require(answer["id"]?.string)
  }

  /// The events published so far, read as a consumer reads them.
  var events: [TaskEvent] {
    get throws {
      try journal.topic.state.withLock { $0.events }.compactMap { event in
        guard case .task(let event) = try TaskTopicRecord(json: event.body.span) else { return nil }
        return event
      }
    }
  }
}
