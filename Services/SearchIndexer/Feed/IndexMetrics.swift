import Metrics

/// What search-indexer counts.
struct IndexMetrics: Sendable {
  private let records: Family<Counter>
  let applied: Histogram

  init(_ registry: MetricsRegistry) {
    records = registry.counters(
      "taskmesh_index_records_total", "Records read from task-events, by what came of them.", labels: ["outcome"])
    applied = registry.histogram("taskmesh_index_transaction_seconds", "One transaction of the index.")
  }

  func count(_ outcome: IndexBatchOutcome) {
    for (name, count) in [
      ("written", outcome.written), ("purged", outcome.purged), ("ignored", outcome.ignored),
      ("refused", outcome.refused.count),
    ] where count > 0 { records.child(name).increment(by: UInt64(count)) }
  }

  func countUnreadable() { records.child("unreadable").increment() }
}
