import HTTP2Transport
import JSON
import Synchronization
import Testing

/// A listener of `GET /api/v1/events`. Keeps all that has come.
final class Listener: Sendable {
  struct Event: Sendable, Equatable {
    var id = ""
    var name = ""
    var data = JSONValue.null

    subscript(member: String) -> JSONValue? { data[member] }
    /// Of an event `task`.
    var task: JSONValue { data["task"] ?? .null }
  }

  private final class Received: Sendable {
    let events = Mutex<[Event]>([])
    let isOver = Mutex(false)
  }

  private let stream: HTTPResponseStream
  private let received = Received()
  private let reading: Task<Void, Never>

  /// Returns once the stream is open, so that whatever happens from now on comes.
  convenience init(_ mesh: Mesh, owner: String? = nil, lastEventID: String? = nil) async throws {
    try await self.init(mesh.api, token: try owner.map { try mesh.token(for: $0) }, lastEventID: lastEventID)
  }

  init(_ api: HTTPClient, token: String?, lastEventID: String?) async throws {
    var request = HTTPRequest(.get, "/api/v1/events")
    if let token { request.headers["authorization"] = "Bearer \(token)" }
    if let lastEventID { request.headers["last-event-id"] = lastEventID }
    stream = try await api.open(request, deadline: .seconds(10))
    guard stream.status == 200, stream.headers["content-type"] == "text/event-stream" else {
      throw NeverHeld(description: "a stream of events was answered \(stream.status) \(stream.headers)")
    }
    reading = Task { [stream, received] in
      var waiting = ""
      while let chunk = try? await stream.next() {
        waiting += String(decoding: chunk, as: UTF8.self)
        var blocks = waiting.split(separator: "\n\n", omittingEmptySubsequences: false)
        waiting = String(blocks.removeLast())
        let events = blocks.compactMap(Self.event)
        received.events.withLock { $0 += events }
      }
      received.isOver.withLock { $0 = true }
    }
  }

  /// nil for comments and advice.
  private static func event(_ block: Substring) -> Event? {
    var event = Event()
    for line in block.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let value = parts[1].drop { $0 == " " }
      switch parts[0] {
      case "id": event.id = String(value)
      case "event": event.name = String(value)
      case "data": event.data = (try? JSONValue(parsing: Array(value.utf8))) ?? .null
      default: break
      }
    }
    return event.name.isEmpty ? nil : event
  }

  var events: [Event] { received.events.withLock { $0 } }
  /// Whether the stream has ended.
  var isOver: Bool { received.isOver.withLock { $0 } }
  func events(_ name: String) -> [Event] { events.filter { $0.name == name } }

  /// The first event, of those that have come or come in time, that `fits`.
  func event(
    _ what: String, _ name: String, within limit: Duration = .seconds(20), where fits: (Event) -> Bool
  ) async throws -> Event {
    var found: Event?
    do {
      try await until(what, within: limit) {
        found = events.first { $0.name == name && fits($0) }
        return found != nil
      }
    } catch {
      throw NeverHeld(description: "\(error); there came \(events.map { "\($0.name) \($0.data)" })")
    }
    return try #require(found)
  }

  /// The reminder of a task.
  func reminder(of task: String, within limit: Duration = .seconds(20)) async throws -> Event {
    try await event("the reminder of \(task)", "reminder", within: limit) { $0["taskId"] == .string(task) }
  }

  func close() async {
    stream.cancel()
    await reading.value
  }
}
