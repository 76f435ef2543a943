import DaprClient
import TaskModel

/// What the engine asks of task-api.
protocol TaskAPI: Sendable {
  /// Makes the next occurrence. Can be repeated.
  func makeNext(_ request: MakeNextRequest, traceparent: String?) async throws -> MakeNextResponse
}

struct DaprTaskAPI: TaskAPI {
  let sidecar: DaprClient

  func makeNext(_ request: MakeNextRequest, traceparent: String?) async throws -> MakeNextResponse {
    var request = request
    request.isLast = true
    let answer = try await sidecar.invoke(
      "task-api", "internal/v1/occurrences", request.protobuf, CallOptions(traceparent: traceparent))
    return try MakeNextResponse(protobuf: answer.span)
  }
}
