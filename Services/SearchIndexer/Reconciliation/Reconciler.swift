import DaprClient
import JSONLog
import Recurrence
import TaskModel

/// Asks task-api about what is in doubt (``Doubts``), once the topic has been read to its end. What it finds comes back by the
/// topic, as an event or a tombstone, and settles the doubt there: so each replica of the index and all other consumers
/// hear of it in one order, and an answer that is lost costs a repeat. Nothing is taken from the answer itself.
struct Reconciler: Sendable {
  /// Questions a second, of which those about the topic's order are at most so many.
  static let inverted = 50
  static let limit = PresentStateRequest.maximumTasks

  private static let pause: Duration = .seconds(1)
  private static let longestPause: Duration = .seconds(60)
  private static let deadline: Duration = .seconds(30)
  /// When a question is asked again whose answer has not come by the topic. One about a purge was refused, then: the clocks
  /// of the two daemons do not agree.
  private static let repeatAfterSeconds = 60
  private static let repeatPurgeAfterSeconds = 3_600

  let store: IndexStore
  let isCurrent: @Sendable () async -> Bool
  let ask: @Sendable (PresentStateRequest) async throws -> PresentStateResponse
  var now: @Sendable () -> Instant = { .now() }
  var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  let log: Logger
  let metrics: ReconcilerMetrics

  /// Until cancelled.
  func run() async throws {
    var failures = 0
    while true {
      try await sleep(Self.pause(after: failures))
      do {
        let isAnswered = try await round()
        if isAnswered, failures > 0 { log.info("task-api answers about tasks again") }
        failures = isAnswered ? 0 : failures + 1
      } catch let error where error is CancellationError || Task.isCancelled {
        throw CancellationError()
      } catch {
        log.warning("task-api cannot be asked about tasks", ["error": .describing(error)])
        metrics.unanswered.increment()
        failures += 1
      }
    }
  }

  /// Never less than a second; while nobody answers twice as long each time, up to a minute.
  static func pause(after failures: Int) -> Duration {
    min(pause * (1 << min(failures, 6)), longestPause) * Double.random(in: 1...1.5)
  }

  /// Asks what is to be asked by now.
  /// - Returns: false when task-api could do nothing about any of it.
  func round() async throws -> Bool {
    guard await isCurrent() else { return true }
    let questions = try await store.questions(now: now(), inverted: Self.inverted, limit: Self.limit)
    guard !questions.isEmpty else { return true }
    let response = try await ask(PresentStateRequest(questions))
    let found = Dictionary(response.findings.map { ($0.id, $0.outcome) }) { first, _ in first }
    var postponed: [IndexedID: Instant] = [:]
    var cleared: [IndexedID] = []
    for question in questions {
      let outcome = found[question.id.description] ?? .failed
      metrics.count(question.reason, outcome)
      if outcome == .older {
        log.error("task-api has a task only as it was before", ["taskId": .string(question.id.description)])
        cleared.append(question.id)
      } else {
        let isRefused = question.reason == .expired && outcome == .published
        postponed[question.id] = now().adding(
          seconds: isRefused ? Self.repeatPurgeAfterSeconds : Self.repeatAfterSeconds)
      }
    }
    try await store.settle(postponed: postponed, cleared: cleared)
    let failed = questions.count { found[$0.id.description] ?? .failed == .failed }
    if failed > 0 { log.warning("task-api could not look at tasks", ["failed": .int(failed)]) }
    return failed < questions.count
  }

  /// The call of task-api.
  static func ask(_ request: PresentStateRequest, over sidecar: DaprClient) async throws -> PresentStateResponse {
    let answer = try await sidecar.invoke(
      "task-api", "internal/v1/present-state", request.protobuf, CallOptions(deadline: deadline))
    return try PresentStateResponse(protobuf: answer.span)
  }
}

extension PresentStateRequest {
  init(_ questions: [Doubts.Question]) {
    self.init()
    tasks = questions.map { question in
      var task = KnownTask()
      task.id = question.id.description
      task.owner = question.owner
      task.version = Int(question.version)
      task.purge = question.reason == .expired
      return task
    }
    isLast = true
  }
}
