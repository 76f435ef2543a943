/// Where in a shard pages of due reminders lie.
enum Slot: Hashable, Sendable {
  case minute(Minute)
  /// What was set when its minute had been fired already; every tick reads it.
  case late
}

/// The keys of the notifier in the state store.
enum ScheduleKeys {
  /// What is scheduled and was delivered for a task.
  static func reminders(_ task: String) -> String { "reminders/\(task)" }

  /// A shard's record with its watermark.
  static func shard(_ shard: Int) -> String { "due/\(shard)" }

  static func lease(_ shard: Int) -> String { "due/\(shard)/lease" }

  static func page(_ shard: Int, _ slot: Slot, _ page: Int) -> String {
    switch slot {
    case .minute(let minute): "due/\(shard)/\(minute)/\(page)"
    case .late: "due/\(shard)/late/\(page)"
    }
  }

  /// A task as task-api keeps it.
  static func task(_ id: String) -> String { "task/\(id)" }
}
