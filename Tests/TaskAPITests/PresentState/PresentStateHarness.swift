import DaprClient
import HTTP2Transport
import Synchronization
import TaskModel
import Testing

@testable import TaskAPI

/// search-indexer's call over the API's store and topic.
struct PresentStateHarness: Sendable {
  let api: APIHarness
  let tombstones = Tombstones()
  private let router: Router

  final class Tombstones: Sendable {
    struct State {
      var all: [OutgoingEvent] = []
      var failures = 0
    }
    let state = Mutex(State())
    var keys: [String] { state.withLock { $0.all.compactMap(\.partitionKey) } }

    fileprivate func take(_ event: OutgoingEvent) throws(DaprError) {
      let works = state.withLock { state in
        if state.failures > 0 {
          state.failures -= 1
          return false
        }
        state.all.append(event)
        return true
      }
      if !works { throw FakeStore.failure }
    }
  }

  init() async throws {
    api = try await APIHarness()
    var router = Router()
    PresentStateRoute(
      states: PresentStates(
        writer: api.writer, subtasks: api.subtasks, topic: api.journal.topic,
        bury: { [tombstones] event throws(DaprError) in try tombstones.take(event) }, log: .silent)
    ).add(to: &router)
    self.router = router
  }

  func send(_ body: [UInt8]) async throws -> HTTPResponse {
    let request = HTTPRequest(.post, PresentStateRoute.path, body: body)
    guard case .task(let handler) = router.route(request).handler else { throw NeverHeld(what: "a route") }
    return await handler(request)
  }

  func ask(_ tasks: KnownTask...) async throws -> [String: TaskFinding.Outcome] {
    var request = PresentStateRequest()
    request.tasks = tasks
    request.isLast = true
    let answer = try await send(request.protobuf)
    guard case .bytes(let bytes) = answer.body, answer.status == 200 else { throw NeverHeld(what: "an answer") }
    var frames = MessageFrameReader()
    frames.append(bytes)
    let frame = try #require(try frames.next())
    let message = try PresentStateResponse(protobuf: frame.span)
    #expect(message.isLast && frames.isComplete && message.findings.count == tasks.count)
    return Dictionary(message.findings.map { ($0.id, $0.outcome) }) { first, _ in first }
  }

  /// A task as the index knows it.
  func known(_ id: String, version: Int, owner: String = "ann", purge: Bool = false) -> KnownTask {
    var task = KnownTask()
    task.id = id
    task.owner = owner
    task.version = version
    task.purge = purge
    return task
  }

  /// - Returns: the id of a task that was deleted, at version 2, and has been in the trash for `days`.
  func trashed(days: Int) async throws -> String {
    let id = try await api.create()
    #expect(try await api.call(.delete, "/tasks/\(id)").status == 204)
    api.clock.pass(days: days)
    return id
  }

  /// What the store has of a task, without the journal's slots.
  func keys(of id: String) -> [String] {
    api.journal.store.state.withLock { $0.values.keys.filter { $0.contains(id) } }.sorted()
  }
}
