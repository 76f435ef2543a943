import DaprClient
import HTTP2Transport
import Protobuf
import Recurrence
import SQLite
import TaskModel
import TaskQuery

/// What task-api asks: lists, tags and lists' names. Queries come many in one call, and each is answered by a message of its
/// own as soon as its answer is there (protocols.md §6).
struct QueryAnswers: Sendable {
  private static let bodyLimit = 8 << 20

  let readers: ReaderThreads<IndexReader>
  let progress: IndexProgress
  let zones: ZoneDatabase

  var router: Router {
    var router = Router()
    router.on(.post, "/internal/v1/query", bodyLimit: Self.bodyLimit) { request throws(Problem) in
      let queries: [QueryRequest] = try Self.messages(request)
      let arrival = ContinuousClock.now
      guard queries.count > 1 else {
        var response = await answer(queries[0], arrival)
        response.isLast = true
        return .message(response.protobuf)
      }
      return HTTPResponse(
        status: 200, headers: ["content-type": "application/x-protobuf"],
        body: .stream { try await answer(queries, arrival, $0) })
    }
    router.on(.post, "/internal/v1/counts") { request throws(Problem) in
      let counts: CountsRequest
      do throws(ProtobufError) { counts = try CountsRequest(protobuf: request.body.span) } catch {
        throw Self.unreadable(error)
      }
      var response = await answer(counts, .now)
      response.isLast = true
      return .message(response.protobuf)
    }
    return router
  }

  private static func messages(_ request: HTTPRequest) throws(Problem) -> [QueryRequest] {
    do throws(ProtobufError) {
      let messages = try MessageStream<QueryRequest>.messages(in: request.body)
      guard !messages.isEmpty else { throw ProtobufError.truncated }
      return messages
    } catch {
      throw unreadable(error)
    }
  }

  private static func unreadable(_ error: ProtobufError) -> Problem {
    Problem(400, "The body is no message of this call: \(error).")
  }

  private func answer(
    _ queries: [QueryRequest], _ arrival: ContinuousClock.Instant, _ writer: any HTTPBodyWriter
  ) async throws {
    await withTaskGroup(of: QueryResponse.self) { group in
      for query in queries { group.addTask { await answer(query, arrival) } }
      var left = queries.count
      for await var response in group {
        left -= 1
        response.isLast = left == 0
        var frame: [UInt8] = []
        MessageFrame.append(response.protobuf, isLast: left == 0, to: &frame)
        // Who asked is gone: what is still under way ends with its task.
        do { try await writer.write(frame) } catch { group.cancelAll() }
      }
    }
  }

  private func answer(_ request: QueryRequest, _ arrival: ContinuousClock.Instant) async -> QueryResponse {
    var response = QueryResponse()
    response.number = request.number
    do {
      let query = try ListQuery(q: request.q, filter: request.filter, sort: request.sort)
      let clock = QueryClock(
        now: Instant(millisecondsSinceEpoch: request.nowMs),
        zone: try zones.zone(named: request.timeZone.isEmpty ? "UTC" : request.timeZone))
      let page = try await read(request.partition, request.after, request.deadlineMs, arrival) { reader in
        try reader.list(
          owner: request.owner, query, limit: request.limit, cursor: request.cursor, clock: clock)
      }
      response.items = page.items
      response.nextCursor = page.nextCursor
      response.total = Int(page.total)
    } catch {
      response.error = QueryFailure(error)
    }
    return response
  }

  private func answer(_ request: CountsRequest, _ arrival: ContinuousClock.Instant) async -> CountsResponse {
    var response = CountsResponse()
    do {
      response.counts = try await read(request.partition, request.after, request.deadlineMs, arrival) { reader in
        try request.column == .tag ? reader.tags(owner: request.owner) : reader.lists(owner: request.owner)
      }.map { Count($0) }
    } catch {
      response.error = QueryFailure(error)
    }
    return response
  }

  /// Reads once the index includes what `after` names, and not after the caller has gone.
  private func read<Value: Sendable>(
    _ partition: Int, _ after: Consistency?, _ deadlineMs: Int, _ arrival: ContinuousClock.Instant,
    _ body: @escaping @Sendable (IndexReader) throws -> Value
  ) async throws -> Value {
    guard await progress.isCaughtUp(Int32(truncatingIfNeeded: partition)) else {
      throw QueryRefusal(kind: .notHere, detail: "partition \(partition) has not been read to its end yet")
    }
    let deadline = arrival + .milliseconds(deadlineMs)
    let consistency = try after.map(IndexedConsistency.init)
    while true {
      let generation = await progress.generation
      let value = try await readers.read { reader -> Value? in
        guard ContinuousClock.now < deadline else {
          throw QueryRefusal(kind: .tooLate, detail: "the deadline has passed")
        }
        guard try consistency?.isIncluded(in: reader) ?? true else { return nil }
        return try body(reader)
      }
      if let value { return value }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero, await progress.wait(after: generation, atMost: left) else {
        throw QueryRefusal(kind: .behind, detail: "the index has not come so far")
      }
    }
  }
}

extension Count {
  fileprivate init(_ count: NamedCount) {
    self.init()
    name = count.name
    open = Int(count.open)
    done = Int(count.done)
  }
}
