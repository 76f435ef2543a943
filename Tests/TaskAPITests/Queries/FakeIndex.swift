import DaprClient
@testable import HTTP2Transport
import Protobuf
import Synchronization
import TaskModel

@testable import TaskAPI

/// An index behind a sidecar, both in memory.
final class FakeIndex: SidecarTransport {
  struct State {
    var queries: [[QueryRequest]] = []
    var counts: [CountsRequest] = []
    var failure: QueryFailure?
    /// What is answered, page by page; else one task whose title is the query's words.
    var pages: [[String]] = []
    /// Ends the answer after so many octets.
    var cut: Int?
    var isAway = false
    var gate: [CheckedContinuation<Void, Never>] = []
    var isGated = false
  }
  let state = Mutex(State())

  func send(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPClientResponse {
    guard request.target == "/v1.0/invoke/search-indexer/method/internal/v1/counts",
      let counts = try? CountsRequest(protobuf: request.body.span)
    else { throw .badResponse("an unexpected call of \(request.target)") }
    var response = CountsResponse()
    var home = Count()
    home.name = counts.column == .tag ? "home" : "inbox"
    home.open = 2
    home.done = 1
    response.counts = [home]
    response.isLast = true
    state.withLock {
      $0.counts.append(counts)
      response.error = $0.failure
    }
    return HTTPClientResponse(
      status: 200, headers: [:], body: MessageFrame.single(response.protobuf), trailers: [:])
  }

  func stream(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> any SidecarStream {
    guard request.target == "/v1.0/invoke/search-indexer/method/internal/v1/query",
      let queries = try? MessageStream<QueryRequest>.messages(in: request.body)
    else { throw .badResponse("an unexpected call of \(request.target)") }
    await withCheckedContinuation { continuation in
      let isGated = state.withLock { state in
        state.queries.append(queries)
        if state.isGated { state.gate.append(continuation) }
        return state.isGated
      }
      if !isGated { continuation.resume() }
    }
    let (failure, cut, isAway, page, isMore) = state.withLock { state in
      let page = state.pages.isEmpty ? nil : state.pages.removeFirst()
      return (state.failure, state.cut, state.isAway, page, !state.pages.isEmpty)
    }
    if isAway { throw .unreachable("nobody listens") }
    var body: [UInt8] = []
    for query in queries.reversed() {
      var response = QueryResponse()
      response.number = query.number
      response.error = failure
      response.items = [Array(#"{"title":"\#(query.q ?? "")"}"#.utf8)]
      response.total = 7
      response.nextCursor = query.limit == 1 ? "more" : nil
      if let page {
        response.items = page.map { Array($0.utf8) }
        response.nextCursor = isMore ? "next" : nil
      }
      response.isLast = query.number == 0
      MessageFrame.append(response.protobuf, isLast: query.number == 0, to: &body)
    }
    return Answer(body: Array(body.prefix(cut ?? body.count)))
  }

  func openGate() {
    let waiting = state.withLock { state in
      state.isGated = false
      defer { state.gate = [] }
      return state.gate
    }
    for continuation in waiting { continuation.resume() }
  }

  private final class Answer: SidecarStream {
    let status = 200
    let headers = HTTPHeaders()
    private let rest: Mutex<[UInt8]?>

    init(body: [UInt8]) { rest = Mutex(body) }

    func next() async throws(HTTPClientError) -> [UInt8]? {
      rest.withLock { rest in
        defer { rest = nil }
        return rest
      }
    }
  }
}
