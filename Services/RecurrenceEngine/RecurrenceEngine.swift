import DaprClient
import HTTP2Transport
import JSONLog
import Metrics
import Protobuf
import Recurrence
import TaskModel

/// What the engine's sidecar calls: deliveries of `task-events`, and what task-api asks.
struct RecurrenceEngine: Sendable {
  let consumer: CompletionConsumer
  let answers: RecurrenceAnswers

  init(
    taskAPI: any TaskAPI, zones: ZoneDatabase, log: Logger, metrics: MetricsRegistry,
    bury: @escaping @Sendable (Delivery, String) async throws -> Void
  ) {
    consumer = CompletionConsumer(
      taskAPI: taskAPI, bury: bury, zones: zones, log: log,
      made: metrics.counters(
        "taskmesh_occurrences_total", "Next occurrences asked of task-api, by what came of it.", labels: ["outcome"]))
    answers = RecurrenceAnswers(zones: zones)
  }

  var router: Router {
    var router = Router()
    var subscriptions = DaprSubscriptions()
    subscriptions.add(
      Subscription(pubsub: "pubsub", topic: CompletionConsumer.topic, route: "/events/tasks", bulk: .init()),
      consumer.handle)
    subscriptions.install(in: &router)
    answer("check", answers.check, in: &router)
    answer("preview", answers.preview, in: &router)
    answer("next", answers.next, in: &router)
    return router
  }

  /// A route that takes one message and answers with one.
  private func answer<Request: ProtobufMessage, Response: ProtobufMessage>(
    _ name: String, _ body: @escaping @Sendable (Request) -> Response, in router: inout Router
  ) {
    router.immediate(.post, "/internal/v1/recurrence/\(name)") { request in
      do throws(ProtobufError) {
        return .message(body(try Request(protobuf: request.body.span)).protobuf)
      } catch {
        return Problem(400, "The body is no message of this call: \(error).").response
      }
    }
  }
}
