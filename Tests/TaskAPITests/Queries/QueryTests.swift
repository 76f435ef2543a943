import DaprClient
import HTTP2Transport
import JSON
import Recurrence
import TaskModel
import Testing
import Tokens

@testable import TaskAPI

@Suite struct QueryTests {
  private let index = FakeIndex()
  private let router: Router

  init() {
    var router = Router()
    QueryRoutes(
      authenticator: Authenticator(mode: .token, origins: Origins([]), key: { APIHarness.key }, now: { 0 }),
      index: IndexClient(DaprClient(transport: index, apiToken: nil), executor: nil),
      now: { Instant(secondsSinceEpoch: 1_800_000_000) }
    ).add(to: &router)
    self.router = router
  }

  private func get(_ target: String) async throws -> (status: Int, headers: HTTPHeaders, body: JSONValue) {
    let token = try #require(APIHarness.key?.sign(JWTClaims(subject: "ann", expiresAt: 1e9)))
    let request = HTTPRequest(.get, "/api/v1" + target, headers: ["authorization": "Bearer \(token)"])
    guard case .task(let handler) = router.route(request).handler else { throw NeverHeld(what: "a route") }
    let response = await handler(request)
    guard case .bytes(let bytes) = response.body else { throw NeverHeld(what: "a body") }
    return (response.status, response.headers, try JSONValue(parsing: bytes))
  }

  @Test func aListIsWhatTheIndexAnswers() async throws {
    let token = ConsistencyToken(owner: "ann", marker: UUID.random().description)
    let answer = try await get(
      "/tasks?q=water%20them&filter=status+%3D+open&sort=-due&limit=1&after=\(token.text)&typing=true")
    #expect(answer.status == 200)
    #expect(answer.body == ["items": [["title": "water them"]], "nextCursor": "more", "total": 7])
    let query = try #require(index.state.withLock { $0.queries.first?.first })
    #expect(query.owner == "ann" && query.filter == "status = open" && query.sort == "-due" && query.limit == 1)
    #expect(query.after == token.consistency && query.typing && query.partition == OwnerPartition.of("ann"))
    #expect(query.deadlineMs == 2000 && query.nowMs == 1_800_000_000_000 && query.isLast)
  }

  @Test func withoutParametersTheDefaultsHold() async throws {
    #expect(try await get("/tasks").body["nextCursor"] == .null)
    let query = try #require(index.state.withLock { $0.queries.first?.first })
    #expect(query.limit == 50 && query.q == nil && query.after == nil && !query.typing)
  }

  @Test(arguments: [
    ("limit=0", "?limit"), ("limit=201", "?limit"), ("limit=-1", "?limit"), ("limit=5x", "?limit"),
    ("limit=", "?limit"),
    ("limit=%2B5", "?limit"), ("limit=99999999999999999999", "?limit"), ("limit=5&limit=5", "?limit"),
    ("typing=yes", "?typing"), ("after=x", "?after"), ("after=", "?after"), ("filter=status+%3D", "?filter@8"),
    ("filter=statsu+%3D+open", "?filter@0"), ("sort=due,colour", "?sort@4"),
  ])
  func badParametersAreRefusedBeforeTheIndexIsAsked(_ query: String, _ pointer: String) async throws {
    let answer = try await get("/tasks?\(query)")
    #expect(answer.status == 400)
    #expect(answer.body["errors"]?[0]?["pointer"] == .string(pointer))
    #expect(index.state.withLock { $0.queries.isEmpty })
  }

  @Test func brokenEscapesAreRefused() async throws {
    #expect(try await get("/tasks?q=%zz").status == 400)
    #expect(try await get("/tasks?q=%ff").status == 400)
  }

  @Test func queriesThatWaitGoTogetherAndEachGetsItsOwnAnswer() async throws {
    index.state.withLock { $0.isGated = true }
    try await withThrowingTaskGroup { group in
      for number in 0..<30 {
        group.addTask {
          let answer = try await get("/tasks?q=n\(number)")
          #expect(answer.body["items"]?[0]?["title"] == .string("n\(number)"))
        }
      }
      try await until("four calls are under way") { index.state.withLock { $0.gate.count } == 4 }
      for _ in 0..<2_000 { await Task.yield() }
      index.openGate()
      try await group.waitForAll()
    }
    #expect(index.state.withLock { $0.queries.count } < 12)
    #expect(index.state.withLock { $0.queries.reduce(0) { $0 + $1.count } } == 30)
  }

  @Test func whatTheIndexRefusesIsAProblem() async throws {
    var failure = QueryFailure()
    failure.kind = .behind
    index.state.withLock { $0.failure = failure }
    let behind = try await get("/tasks")
    #expect(behind.status == 503 && behind.body["type"] == "index-behind" && behind.headers["retry-after"] == "1")
    #expect(try await get("/tags").body["type"] == "index-behind")
    failure.kind = .badQuery
    failure.pointer = "?cursor"
    index.state.withLock { $0.failure = failure }
    let bad = try await get("/tasks?cursor=old")
    #expect(bad.status == 400 && bad.body["errors"]?[0]?["pointer"] == "?cursor")
  }

  @Test func anAnswerThatWasCutIsNeverTakenForAWholeOne() async throws {
    for cut in [0, 3, 12] {
      index.state.withLock { $0.cut = cut }
      let answer = try await get("/tasks?q=x")
      #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
    }
  }

  @Test func withoutTheIndexTheAnswerIs503() async throws {
    index.state.withLock { $0.isAway = true }
    let answer = try await get("/tasks")
    #expect(answer.status == 503 && answer.headers["retry-after"] == "1")
  }

  @Test func tagsAndListsAreCounted() async throws {
    let tags = try await get("/tags")
    #expect(tags.body == ["items": [["name": "home", "open": 2, "done": 1]]])
    #expect(try await get("/lists").body["items"]?[0]?["name"] == "inbox")
    #expect(index.state.withLock { $0.counts.map(\.column) } == [.tag, .list])
  }
}
