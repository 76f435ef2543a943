/// How many tasks are open, done and in the trash.
struct Counts: Equatable, Sendable {
  var open: Int64 = 0
  var done: Int64 = 0
  var trashed: Int64 = 0

  /// Open and done.
  var live: Int64 { open + done }

  mutating func add(_ state: TaskState, _ change: Int64) {
    switch state {
    case .open: open += change
    case .done: done += change
    case .trashed: trashed += change
    }
  }
}

/// Where a task is counted.
enum TaskState: Equatable {
  case open, done, trashed

  init(isLive: Bool, status: Int64) { self = !isLive ? .trashed : status == 0 ? .open : .done }
}
