import DaprClient
import EventLoop
import HTTP2Transport
import Protobuf
import Recurrence
import SQLite
import TaskModel
import Testing

@testable import SearchIndexer

/// Through a server, as the sidecar calls it.
@Suite struct QueryAnswersTests {
  private let index: TemporaryIndex
  private let progress: IndexProgress
  private let server: HTTPServer
  private let client: HTTPClient

  init() async throws {
    let loop = EventLoop(name: "answers")
    index = try TemporaryIndex()
    progress = IndexProgress(loop: loop)
    let path = index.path
    let readers = try await ReaderThreads(count: 2, name: "reader") { try IndexReader(path: path) }
    let answers = QueryAnswers(readers: readers, progress: progress, zones: ZoneDatabase())
    server = try await HTTPServer.start(on: loop, host: "127.0.0.1", port: 0, service: answers.router)
    client = HTTPClient(loop: loop, port: server.port)
    await progress.begin(ends: [:], read: [:])
  }

  private func query(_ q: String? = nil, number: Int = 0, _ change: (inout QueryRequest) -> Void = { _ in })
    -> QueryRequest
  {
    var query = QueryRequest()
    query.owner = "ada"
    query.q = q
    query.limit = 50
    query.deadlineMs = 20_000
    query.nowMs = TemporaryIndex.now.millisecondsSinceEpoch
    query.timeZone = "UTC"
    query.number = number
    change(&query)
    return query
  }

  /// The answers in the order in which they came.
  private func ask(_ queries: [QueryRequest]) async throws -> [QueryResponse] { try await Self.ask(queries, client) }

  private static func ask(_ queries: [QueryRequest], _ client: HTTPClient) async throws -> [QueryResponse] {
    var body: [UInt8] = []
    for (index, var query) in queries.enumerated() {
      query.isLast = index == queries.count - 1
      query.append(to: &body)
    }
    let response = try await client.send(
      HTTPRequest(.post, "/internal/v1/query", body: body), deadline: .seconds(20))
    try #require(response.status == 200)
    var frames = MessageFrameReader()
    frames.append(response.body)
    var answers: [QueryResponse] = []
    while let frame = try frames.next() { answers.append(try QueryResponse(protobuf: frame.span)) }
    #expect(frames.isComplete && answers.last?.isLast == true)
    return answers
  }

  @Test func eachOfManyQueriesGetsItsOwnAnswer() async throws {
    try index.apply((0..<20).map { .task(IndexedTask($0, "word\($0)")) })
    let answers = try await ask((0..<20).map { query("word\($0)", number: $0) })
    #expect(answers.count == 20 && answers.filter(\.isLast).count == 1)
    for answer in answers {
      #expect(answer.error == nil && answer.total == 1)
      #expect(answer.items == [Array("word\(answer.number)".utf8)])
    }
  }

  @Test func aQueryThatCannotBeReadSpoilsNoOther() async throws {
    try index.apply(IndexedTask(1, "milk"))
    let answers = try await ask([query("milk", number: 0), query(number: 1) { $0.filter = "due <" }])
    #expect(answers.first { $0.number == 0 }?.total == 1)
    let bad = try #require(answers.first { $0.number == 1 }?.error)
    #expect(bad.kind == .badQuery && bad.pointer == "?filter@5")
  }

  @Test func aListWaitsForTheWriteThatItsTokenNames() async throws {
    let task = IndexedTask(1, "milk")
    let waiting = query("milk") {
      var version = TaskVersion()
      version.id = task.id.description
      version.version = 1
      $0.after = Consistency()
      $0.after?.tasks = [version]
    }
    let (client, progress) = (client, progress)
    async let answers = Self.ask([waiting], client)
    try index.apply(task)
    await progress.advance([:])
    #expect(try await answers.first?.total == 1)
    let missed = try await ask([
      query {
        $0.after = waiting.after; $0.after?.tasks[0].version = 2; $0.deadlineMs = 1
      }
    ])
    #expect(missed.first?.error?.kind == .behind || missed.first?.error?.kind == .tooLate)
  }

  @Test func aPartitionThatHasNotBeenReadToItsEndIsNotAnswered() async throws {
    let behind = IndexProgress(loop: EventLoop(name: "behind"))
    await behind.begin(ends: [5: 1], read: [:])
    let path = index.path
    let readers = try await ReaderThreads(count: 1, name: "reader") { try IndexReader(path: path) }
    let other = try await HTTPServer.start(
      on: EventLoop(name: "behind-server"), host: "127.0.0.1", port: 0,
      service: QueryAnswers(readers: readers, progress: behind, zones: ZoneDatabase()).router)
    let query = query {
      $0.partition = 5; $0.isLast = true
    }
    let response = try await HTTPClient(loop: EventLoop(name: "client"), port: other.port).send(
      HTTPRequest(.post, "/internal/v1/query", body: query.delimited), deadline: .seconds(20))
    var frames = MessageFrameReader()
    frames.append(response.body)
    let frame = try #require(try frames.next())
    #expect(try QueryResponse(protobuf: frame.span).error?.kind == .notHere)
    other.closeAtOnce()
  }

  @Test func tagsAndListsAreCounted() async throws {
    try index.apply(
      IndexedTask(1, "a").with { $0.tags = ["home"] },
      IndexedTask(2, "b").with {
        $0.tags = ["home", "bills"]
        $0.status = .done
      })
    var request = CountsRequest()
    request.owner = "ada"
    request.deadlineMs = 20_000
    let response = try await client.send(
      HTTPRequest(.post, "/internal/v1/counts", body: request.protobuf), deadline: .seconds(20))
    var frames = MessageFrameReader()
    frames.append(response.body)
    let frame = try #require(try frames.next())
    let counts = try CountsResponse(protobuf: frame.span).counts
    #expect(counts.map { "\($0.name) \($0.open) \($0.done)" } == ["bills 0 1", "home 1 1"])
  }

  @Test func aBodyThatIsNoMessageIsRefused() async throws {
    for path in ["query", "counts"] {
      let response = try await client.send(
        HTTPRequest(.post, "/internal/v1/\(path)", body: [0xFF]), deadline: .seconds(20))
      #expect(response.status == 400)
    }
  }
}
