import Metrics
import TaskModel

/// What search-indexer counts of its questions to task-api.
struct ReconcilerMetrics: Sendable {
  private let questions: Family<Counter>
  let unanswered: Counter

  init(_ registry: MetricsRegistry) {
    questions = registry.counters(
      "taskmesh_index_questions_total", "Tasks that task-api was asked about, by why and by what it found.",
      labels: ["reason", "outcome"])
    unanswered = registry.counter(
      "taskmesh_index_questions_unanswered_total", "Calls of task-api about tasks in doubt that got no answer.")
  }

  func count(_ reason: Doubts.Reason, _ outcome: TaskFinding.Outcome) {
    questions.child("\(reason)", "\(outcome)").increment()
  }
}
