import HTTP2Transport
import Protobuf
import TaskModel

/// Publishes what tasks are now, for search-indexer. Only the sidecar comes here.
struct PresentStateRoute: Sendable {
  static let path = "/internal/v1/present-state"

  let states: PresentStates

  func add(to router: inout Router) {
    router.on(.post, Self.path) { request throws(Problem) in
      let message: PresentStateRequest
      do throws(ProtobufError) { message = try PresentStateRequest(protobuf: request.body.span) } catch {
        throw Problem(400, "The body is no PresentStateRequest.")
      }
      guard message.tasks.count <= PresentStateRequest.maximumTasks,
        Set(message.tasks.map(\.id)).count == message.tasks.count
      else { throw Problem(400, "At most \(PresentStateRequest.maximumTasks) tasks, none twice.") }
      var response = PresentStateResponse()
      response.findings = await states.publish(message.tasks)
      response.isLast = true
      return .message(response.protobuf)
    }
  }
}
