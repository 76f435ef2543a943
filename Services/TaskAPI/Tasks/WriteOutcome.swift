import TaskModel

/// What came of a request to change a task.
struct WriteOutcome: Sendable, Equatable {
  var status: Int
  var task: TaskItem
  /// What a list must show to include it.
  var written: [TaskVersion]
}
