import Daemon
import DaprClient
import HTTP2Transport
import Protobuf
import TaskModel

/// Makes the next occurrence of a completed task for recurrence-engine. Only the sidecar comes here.
struct OccurrenceRoutes: Sendable {
  static let path = "/internal/v1/occurrences"

  let writer: TaskWriter

  func add(to router: inout Router) {
    router.on(.post, Self.path) { request throws(Problem) in
      let message: MakeNextRequest
      do throws(ProtobufError) { message = try MakeNextRequest(protobuf: request.body.span) } catch {
        throw Problem(400, "The body is no MakeNextRequest.")
      }
      return .message(try await make(message).protobuf)
    }
  }

  /// Can be repeated: what is there already is left as it is.
  func make(_ request: MakeNextRequest) async throws(Problem) -> MakeNextResponse {
    try await writer.locks.withLock([TaskKeys.task(request.sourceID)]) { () async throws(Problem) in
      for _ in 0..<TaskWriter.attempts {
        if let response = try await attempt(request) { return response }
      }
      throw Problem(503, "The tasks are being changed by too many at once.", headers: ["retry-after": "1"])
    }
  }

  /// nil when something was changed in between.
  private func attempt(_ request: MakeNextRequest) async throws(Problem) -> MakeNextResponse? {
    let tasks = writer.tasks
    let source = try await tasks.read(request.sourceID, owner: request.owner)
    var standing: TaskStore.Read?
    if let task = source?.stored.task {
      standing = try await tasks.read(Succession.successorID(of: task), owner: request.owner)
    }
    let decision = try Succession.next(
      of: source?.stored, standing: standing?.stored, request, writer.context(owner: request.owner))
    switch decision {
    case .sourceChanged: return MakeNextResponse(.sourceChanged)
    case .exists(let version): return MakeNextResponse(.exists, version)
    case .make(let successor), .restore(let successor):
      guard let source else { return nil }
      var named = source.stored
      named.next = StoredTask.Next(id: successor.task.id, version: successor.task.version)
      let isStored = try await tasks.write(
        [
          TaskStore.Change(next: successor, from: standing),
          TaskStore.Change(next: named, from: source, isSilent: true),
        ], by: request.owner)
      guard isStored else { return nil }
      StopPoint.reach(.successorStored)
      return MakeNextResponse(standing == nil ? .made : .restored, TaskVersion(of: successor.task))
    }
  }
}

extension MakeNextResponse {
  init(_ outcome: Outcome, _ version: TaskVersion? = nil) {
    self.init()
    self.outcome = outcome
    id = version?.id ?? ""
    self.version = version?.version ?? 0
    isLast = true
  }
}
