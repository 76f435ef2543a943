/// Whether the operations on one task, of however many callers, can have taken place one after another, each at one moment
/// between its invocation and its answer: the search of Wing and Gong with the memory of Lowe ("Testing for
/// linearizability", 2017).
///
/// Operations in doubt may take effect at any moment after their invocation, or never. Those refused have no part in it.
struct Linearizability {
  /// Those with an answer, by their invocation.
  private let settled: [Settled]
  private let doubtful: [Operation]
  /// Versions that an answer says which operation made.
  private let made: Set<Int>

  private struct Settled {
    let operation: Operation
    let answered: ContinuousClock.Instant
  }

  init(_ history: [Operation]) {
    let history = history.filter { $0.outcome != .refused }.sorted { $0.invoked < $1.invoked }
    settled = history.compactMap { operation in
      guard operation.outcome != .inDoubt, let answered = operation.answered else { return nil }
      return Settled(operation: operation, answered: answered)
    }
    doubtful = history.filter { $0.outcome == .inDoubt || $0.answered == nil }
    made = Set(
      settled.compactMap { settled in
        guard settled.operation.setsTitle, case .done(let state?) = settled.operation.outcome else { return nil }
        return state.version
      })
  }

  private enum Candidate {
    case settled(Int)
    case doubtful(Int)
  }

  /// What has taken place, and what the task is then.
  private struct Point: Hashable {
    var settled = Placed()
    var doubtful: Set<Int> = []
    var state: TaskState?

    var count: Int { settled.count + doubtful.count }
  }

  /// nil when there is an order; else where the longest one ends and what does not fit there.
  func fault() -> String? {
    var longest = Point()
    var stack = [(point: longest, next: candidates(longest))]
    var seen: Set<Point> = []
    while !stack.isEmpty {
      let last = stack.count - 1
      if stack[last].point.settled.prefix == settled.count { return nil }
      guard let candidate = stack[last].next.popLast() else {
        stack.removeLast()
        continue
      }
      guard let point = point(after: candidate, at: stack[last].point), seen.insert(point).inserted else { continue }
      if point.count > longest.count { longest = point }
      stack.append((point, candidates(point)))
    }
    return describe(longest)
  }

  private func operation(_ candidate: Candidate) -> Operation {
    switch candidate {
    case .settled(let index): settled[index].operation
    case .doubtful(let index): doubtful[index]
    }
  }

  /// nil when the candidate does not fit there.
  private func point(after candidate: Candidate, at point: Point) -> Point? {
    let operation = operation(candidate)
    guard let after = operation.applied(to: point.state) else { return nil }
    let isKnown = operation.setsTitle && operation.outcome != .inDoubt
    if !isKnown, let version = after.task?.version, version != point.state?.version, made.contains(version) {
      return nil
    }
    var next = point
    next.state = after.task
    switch candidate {
    case .settled(let index): next.settled.insert(index)
    case .doubtful(let index):
      // One that changes nothing need not have taken place.
      if after.task == point.state { return nil }
      next.doubtful.insert(index)
    }
    return next
  }

  /// Those that may come next: invoked before any that is left was answered. The likeliest last: with an answer, and the
  /// earliest one.
  private func candidates(_ point: Point) -> [Candidate] {
    var bound: ContinuousClock.Instant?
    var found: [Int] = []
    for index in point.settled.prefix..<settled.count where !point.settled.contains(index) {
      if let bound, settled[index].operation.invoked > bound { break }
      found.append(index)
      bound = bound.map { min($0, settled[index].answered) } ?? settled[index].answered
    }
    guard let bound else { return [] }
    let doubts = doubtful.indices.filter { !point.doubtful.contains($0) && doubtful[$0].invoked <= bound }
    return doubts.map(Candidate.doubtful)
      + found.filter { settled[$0].operation.invoked <= bound }.sorted { settled[$0].answered > settled[$1].answered }
      .map(Candidate.settled)
  }

  private func describe(_ end: Point) -> String {
    let before = settled.indices.filter(end.settled.contains).suffix(8).map { "  \(settled[$0].operation)" }
    let stuck = candidates(end).reversed().map { "  \(operation($0))" }
    return """
      \(end.count) of \(settled.count + doubtful.count) operations can be put in an order, up to \
      \(end.state.map { "\($0)" } ?? "no task"); of them
      \(before.joined(separator: "\n"))
      and then none of
      \(stuck.joined(separator: "\n"))
      """
  }
}

/// A set of indexes that fills from the front.
private struct Placed: Hashable {
  /// All below it are in.
  private(set) var prefix = 0
  private var beyond: Set<Int> = []

  var count: Int { prefix + beyond.count }
  func contains(_ index: Int) -> Bool { index < prefix || beyond.contains(index) }

  mutating func insert(_ index: Int) {
    beyond.insert(index)
    while beyond.remove(prefix) != nil { prefix += 1 }
  }
}

/// A task's state after an operation; nil for none.
private struct After {
  let task: TaskState?
}

extension Operation {
  /// What the task is after the operation, or nil when the answer does not fit to what the task was before.
  fileprivate func applied(to before: TaskState?) -> After? {
    let present = before.flatMap { $0.isDeleted ? nil : $0 }
    let result = effect(on: before, present)
    switch outcome {
    case .inDoubt: return result.map { After(task: $0) }
    case .done(let shown):
      guard let result, shown == nil || shown == result else { return nil }
      return After(task: result)
    case .conflict:
      guard case .patch(let ifMatch?) = action, let present, present.version != ifMatch else { return nil }
      return After(task: before)
    case .missing:
      let isMissing = action == .restore ? before == nil : present == nil
      return isMissing ? After(task: before) : nil
    case .refused: return nil
    }
  }

  /// nil when it has none: no such task, or a condition that does not hold.
  private func effect(on before: TaskState?, _ present: TaskState?) -> TaskState? {
    if action == .create { return before == nil ? TaskState(version: 1, title: mark) : nil }
    guard var task = action == .restore ? before : present else { return nil }
    switch action {
    case .create, .read: return task
    case .patch(let ifMatch):
      guard ifMatch == nil || ifMatch == task.version else { return nil }
      task.title = mark
    case .complete: task.isDone = true
    case .reopen: task.isDone = false
    case .delete: task.isDeleted = true
    case .restore: task.isDeleted = false
    }
    if task != before { task.version += 1 }
    return task
  }
}

extension Operation: CustomStringConvertible {
  var description: String {
    let end = answered.map { "\(invoked.duration(to: $0))" } ?? "no end"
    return "\(mark) \(action) → \(outcome), answers \(answers.joined(separator: ", ")) within \(end)"
  }
}
