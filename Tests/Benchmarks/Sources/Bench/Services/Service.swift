import EventLoop
import HTTP2Transport
import JSON

/// A task service under load.
protocol Service: Sendable {
  /// How the results call it.
  var name: String { get }
  /// The `number`-th request of an operation; the same number asks every service for the same.
  func request(_ operation: Operation, _ number: Int) -> HTTPRequest
  /// Stores a few hundred tasks by one request and returns their ids.
  func store(_ tasks: [Workload.Task], by client: any Client) async throws -> [String]
  /// Returns once reads show everything that was written.
  func settle(by client: any Client) async throws
}

/// Why a benchmark cannot go on.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Service {
  /// How many tasks a list or a search finds in all.
  func total(_ operation: Operation, _ number: Int, by client: any Client) async throws -> Int {
    let answer = await client.send(request(operation, number), deadline: Phase.patience)
    guard answer.status == 200, let body = try? JSONValue(parsing: answer.body), let total = body["total"]?.int else {
      throw BenchFailure("\(name) answered a \(operation.rawValue) with \(answer.excerpt)")
    }
    return total
  }
}

extension Answer {
  /// For people.
  var excerpt: String { "\(status) \(String(decoding: body.prefix(300), as: UTF8.self))" }
}

extension HTTPRequest {
  static func post(_ target: String, json body: [UInt8]) -> HTTPRequest {
    HTTPRequest(.post, target, headers: ["content-type": "application/json"], body: body)
  }
}
