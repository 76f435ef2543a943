import Foundation
import JSON
import Testing

/// How calls between daemons travel, as LocalMesh counts them.
@Suite(.timeLimit(.minutes(5))) struct TrafficTests {
  @Test func everyCallBetweenDaemonsIsHTTP2WithProtobuf() async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh)
    let id = try await mesh.recurring("FREQ=DAILY")
    _ = try await mesh.complete(id)
    _ = try await listener.successor(of: id, in: id)
    let reminded = try await mesh.reminding("Soon", [["at": .string(Moment(in: 1).text)]])
    _ = try await listener.reminder(of: reminded.id)
    _ = try await mesh.call(.get, "/tasks?filter=status%20=%20open")
    let counts = try mesh.traffic()
    #expect(counts.calls > 0)
    #expect(counts.http1 == 0 && counts.notProtobuf == 0)

    // The counters see what should not be.
    let token = try mesh.secret("dapr-api-token")
    let call = "http://127.0.0.1:\(3502 + mesh.portOffset)/v1.0/invoke/task-api/method/internal/v1/occurrences"
    let curl = "curl -s -o /dev/null -H 'dapr-api-token: \(token)' \(call)"
    _ = try shell("\(curl) --http1.1 -H 'content-type: application/x-protobuf' -d x")
    #expect(try mesh.traffic() == .init(calls: counts.calls + 1, http1: 1, notProtobuf: 0))
    _ = try shell("\(curl) --http2-prior-knowledge -H 'content-type: application/json' -d '{}'")
    #expect(try mesh.traffic() == .init(calls: counts.calls + 2, http1: 1, notProtobuf: 1))
    await listener.close()
    await mesh.discard()
  }
}

extension Mesh {
  struct TrafficCounts: Equatable {
    var calls: Int
    var http1: Int
    var notProtobuf: Int
  }

  func traffic() throws -> TrafficCounts {
    let token = try secret("dapr-api-token")
    let text = try shell("curl -s -H 'dapr-api-token: \(token)' http://127.0.0.1:\(3500 + portOffset)/v1.0/metadata")
    let extended = try JSONValue(parsing: Array(text.utf8))["extended"]
    func count(_ name: String) throws -> Int {
      guard let count = extended?[name]?.string.flatMap(Int.init) else {
        throw NeverHeld(description: "\(name): \(text)")
      }
      return count
    }
    return TrafficCounts(
      calls: try count("localmesh.invocations"), http1: try count("localmesh.invocations.http1"),
      notProtobuf: try count("localmesh.invocations.notProtobuf"))
  }
}
