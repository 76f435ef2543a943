import Daemon
import DaprClient
import JSON
import JSONLog
import Metrics
import Recurrence
import TaskModel

/// Has a next occurrence made for each completed task that recurs. Acts on what a task is and never on what an event says has
/// changed: the event of the completion may be overtaken by a later one, or compacted away.
struct CompletionConsumer: Sendable {
  static let topic = "task-events"
  static let deadLetterTopic = "task-events-dead"

  let taskAPI: any TaskAPI
  /// Publishes an event that cannot be used, with the reason.
  let bury: @Sendable (Delivery, String) async throws -> Void
  let zones: ZoneDatabase
  let log: Logger
  let made: Family<Counter>

  /// Calls in flight.
  private static let concurrency = 4

  /// Of what came together a failure brings all again; what has been made already is then found.
  func handle(_ deliveries: [Delivery]) async -> [DeliveryStatus] {
    do {
      let completions = try await completions(deliveries)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, completion) in completions.enumerated() {
          if index >= Self.concurrency { try await group.next() }
          group.addTask { try await self.makeNext(completion) }
        }
        try await group.waitForAll()
      }
      return deliveries.map { _ in .success }
    } catch {
      log.warning("next occurrences could not be made", ["error": .describing(error)])
      return deliveries.map { _ in .retry }
    }
  }

  private struct Completion: Sendable {
    let task: TaskItem
    let completedAt: Instant
    let recurrence: TaskRecurrence
    let due: WallTime
    let delivery: Delivery

    /// Of the completion's request, where that had a trace.
    var traceparent: String? {
      guard case .event(let event) = delivery.content, event.traceparent.contains(where: { $0 != "0" && $0 != "-" })
      else { return nil }
      return event.traceparent
    }
  }

  /// The latest state of each task that came, where it is completed and recurs.
  private func completions(_ deliveries: [Delivery]) async throws -> [Completion] {
    var latest: [String: (version: Int, completion: Completion?)] = [:]
    for delivery in deliveries {
      switch delivery.content {
      case .tombstone: continue
      case .unreadable(let reason): try await bury(delivery, reason)
      case .event:
        do throws(JSONError) {
          guard case .task(let event) = try TaskTopicRecord(json: delivery.bytes.span) else { continue }
          let task = event.task
          guard task.version > latest[task.id]?.version ?? 0 else { continue }
          latest[task.id] = (task.version, Self.completion(task, delivery))
        } catch {
          try await bury(delivery, error.description)
        }
      }
    }
    return latest.values.compactMap(\.completion)
  }

  private static func completion(_ task: TaskItem, _ delivery: Delivery) -> Completion? {
    guard task.status == .done, let completedAt = task.completedAt, let recurrence = task.recurrence,
      let due = task.due
    else { return nil }
    return Completion(
      task: task, completedAt: completedAt, recurrence: recurrence, due: due, delivery: delivery)
  }

  private func makeNext(_ completion: Completion) async throws {
    let task = completion.task
    let successor: Successor?
    do throws(SeriesError) {
      successor = try Successor(
        of: .init(
          recurrence: completion.recurrence, due: completion.due, occurrence: task.occurrence,
          completedAt: completion.completedAt, timeZone: task.timeZone), zones: zones)
    } catch {
      return try await bury(completion.delivery, error.description)
    }
    guard let successor else { return }
    var request = MakeNextRequest()
    request.owner = task.owner
    request.sourceID = task.id
    request.completedAt = completion.completedAt
    request.due = successor.due
    request.occurrence = successor.occurrence
    request.recurrence = successor.recurrence
    StopPoint.reach(.successorDecided)
    do {
      let response = try await taskAPI.makeNext(request, traceparent: completion.traceparent)
      StopPoint.reach(.successorAnswered)
      made.child("\(response.outcome)").increment()
    } catch let error as DaprError where error.isRefusalOfTheApp {
      // Repeating it would keep everyone else of the partition waiting for ever.
      try await bury(completion.delivery, "task-api: \(error)")
    }
  }
}

extension DaprError {
  /// task-api itself says that the request is wrong; an answer of the sidecar has an `errorCode`.
  fileprivate var isRefusalOfTheApp: Bool { errorCode.isEmpty && [400, 413, 422].contains(status) }
}
