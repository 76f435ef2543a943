/// Of several records of a task in one batch the highest version; and whether a lower one came after it.
struct LatestVersions {
  private var order: [IndexedID: Int] = [:]
  private(set) var tasks: [(task: IndexedTask, isInverted: Bool)] = []
  /// How many records an other one of the batch makes moot.
  private(set) var superseded = 0

  mutating func add(_ task: IndexedTask) {
    guard let index = order[task.id] else {
      order[task.id] = tasks.count
      tasks.append((task, false))
      return
    }
    superseded += 1
    if task.version > tasks[index].task.version {
      tasks[index] = (task, false)
    } else {
      tasks[index].isInverted = task.version < tasks[index].task.version
    }
  }

  /// Hands out what there is and starts anew.
  mutating func take() -> LatestVersions {
    defer { self = LatestVersions() }
    return self
  }
}
