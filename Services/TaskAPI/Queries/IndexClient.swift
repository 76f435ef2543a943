import DaprClient
import HTTP2Transport
import Protobuf
import TaskModel

/// Asks search-indexer. Queries that wait go together: a request is a stream of length-prefixed `QueryRequest`s, each with a
/// number, and each is answered by a frame of its own as soon as its answer is there.
struct IndexClient: Sendable {
  static let app = "search-indexer"
  static let queryMethod = "internal/v1/query"
  static let countsMethod = "internal/v1/counts"
  /// How long the index may wait for what `after` asks for.
  static let patience: Duration = .seconds(2)
  /// For the answer's way beyond that.
  private static let deadline: Duration = .seconds(4)

  private let dapr: DaprClient
  private let batcher: Batcher<QueryRequest, QueryResponse>

  init(_ dapr: DaprClient, executor: (any TaskExecutor)?) {
    self.dapr = dapr
    batcher = Batcher(executor: executor) { (batch: Batch<QueryRequest, QueryResponse>) in
      do throws(DaprError) { try await Self.send(batch.elements, dapr) { await batch.finish($0, .success($1)) } } catch
      {
        for index in batch.elements.indices { await batch.finish(index, .failure(error)) }
      }
    }
  }

  func query(_ request: QueryRequest) async throws(Problem) -> QueryResponse {
    do {
      let response = try await answer(request)
      if let failure = response.error { throw Problem(failure) }
      return response
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Self.unavailable("\(error)")
    }
  }

  func counts(_ request: CountsRequest) async throws(Problem) -> [Count] {
    let response: CountsResponse
    do {
      let bytes = try await dapr.invoke(
        Self.app, Self.countsMethod, request.protobuf, CallOptions(deadline: Self.deadline))
      response = try CountsResponse(protobuf: bytes.span)
    } catch {
      throw Self.unavailable("\(error)")
    }
    if let failure = response.error { throw Problem(failure) }
    return response.counts
  }

  /// One that may have to wait for the index to come so far goes alone, so that it holds up no others.
  private func answer(_ request: QueryRequest) async throws -> QueryResponse {
    guard request.after != nil else {
      return try await batcher.submit(request, owner: request.owner, octets: request.protobuf.count)
    }
    var answer: QueryResponse?
    try await Self.send([request], dapr) { answer = $1 }
    guard let answer else { throw BatchError.unanswered }
    return answer
  }

  private static func send(
    _ requests: [QueryRequest], _ dapr: DaprClient, _ answer: (Int, QueryResponse) async -> Void
  ) async throws(DaprError) {
    var body: [UInt8] = []
    for (index, request) in requests.enumerated() {
      var request = request
      request.number = index
      request.isLast = index == requests.count - 1
      request.append(to: &body)
    }
    var answers = try await dapr.invokeStream(app, queryMethod, body, CallOptions(deadline: deadline))
    while let message = try await answers.next() {
      do throws(ProtobufError) {
        let response = try QueryResponse(protobuf: message.span)
        await answer(response.number, response)
      } catch {
        throw DaprError(.badResponse, message: "the index answered with no QueryResponse: \(error)")
      }
    }
  }

  private static func unavailable(_ reason: String) -> Problem {
    Problem(503, "The index cannot be asked: \(reason)", headers: ["retry-after": "1"])
  }
}

extension Problem {
  init(_ failure: QueryFailure) {
    switch failure.kind {
    case .badQuery:
      self.init(
        400, "The query cannot be read.", errors: [Fault(pointer: failure.pointer, detail: failure.detail)])
    case .behind:
      self.init(
        503, "The index has not come to what after asks for.", type: "index-behind", headers: ["retry-after": "1"])
    case .failed, .notHere, .tooLate:
      self.init(503, "The index cannot answer: \(failure.detail)", headers: ["retry-after": "1"])
    }
  }
}
