import DaprClient
import Daemon
import KafkaClient
import TaskModel

/// What `/readyz` stands for beside this process: the daemons that answers depend on, and the topics (contract §4).
struct MeshReadiness: Sendable {
  static let daemons = ["search-indexer", "recurrence-engine", "notifier"]
  static let topics = ["task-events", "task-reminders", "task-events-dead"]

  let dapr: DaprClient
  /// librdkafka's properties.
  let kafka: [String: String]

  func add(to readiness: Readiness) async throws {
    let admin = try KafkaAdmin(settings: kafka)
    await readiness.add("topics") {
      if let fault = Self.fault(of: try await admin.cluster(timeout: .milliseconds(900)).topics) {
        throw NotReady(fault)
      }
    }
    for daemon in Self.daemons {
      await readiness.add(daemon) { [dapr] in
        try await dapr.requireReady(daemon, CallOptions(deadline: .milliseconds(900)))
      }
    }
  }

  /// What is wrong with the topics, given how many partitions each has; nil when nothing is. An owner's partition is found by
  /// their number, so that another number would show an owner a part of the tasks.
  static func fault(of partitions: [String: Int]) -> String? {
    let faults = topics.compactMap { topic -> String? in
      switch partitions[topic] {
      case OwnerPartition.count: nil
      case nil: "\(topic) is missing"
      case let count?: "\(topic) has \(count) partitions, not \(OwnerPartition.count)"
      }
    }
    return faults.isEmpty ? nil : faults.joined(separator: "; ")
  }
}
