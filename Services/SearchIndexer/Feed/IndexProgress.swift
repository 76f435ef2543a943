import EventLoop

/// How far the index has come: which partitions have been read to the end that they had at the start, and who waits for it
/// to come further. It lives on the loop that answers queries.
actor IndexProgress {
  private nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private struct Waiter {
    let continuation: CheckedContinuation<Bool, Never>
    let deadline: Deadline
  }

  /// What has to be read before the first answer; nil until the topic has been reached.
  private var unread: [Int32: Int64]?
  /// What lies before the ends that the topic had when it was last reached or made anew.
  private var behind: [Int32: Int64] = [:]
  private var waiters: [Int: Waiter] = [:]
  private var nextWaiter = 0
  /// Rises with each transaction.
  private(set) var generation = 0

  init(loop: EventLoop) { self.loop = loop }

  /// Says where each partition ends and how far it has been read. For answers only the first time counts: an index that has
  /// caught up goes on answering while it reads what came in its absence, and so it does while it reads a topic that was
  /// made anew.
  func begin(ends: [Int32: Int64], read: [Int32: Int64], renewed: Set<Int32> = []) {
    behind = ends.filter { renewed.contains($0.key) || $0.value > read[$0.key] ?? 0 }
    if unread == nil { unread = behind.filter { !renewed.contains($0.key) } }
  }

  /// Partitions that turn out to be new ones, and where they end.
  func renew(ends: [Int32: Int64]) { behind.merge(ends) { $1 } }

  /// Records have been applied: the next offset of each partition that they are of.
  func advance(_ positions: [Int32: Int64]) {
    for (partition, next) in positions {
      if let end = unread?[partition], next >= end { unread?[partition] = nil }
      if let end = behind[partition], next >= end { behind[partition] = nil }
    }
    generation += 1
    let woken = waiters
    waiters = [:]
    for waiter in woken.values {
      loop.deadlines.disarm(waiter.deadline)
      waiter.continuation.resume(returning: true)
    }
  }

  /// Whether all that a partition held at the start has been read.
  func isCaughtUp(_ partition: Int32) -> Bool { unread.map { $0[partition] == nil } ?? false }

  /// Whether all has been read that the topic held when it was last reached.
  var isCurrent: Bool { unread != nil && behind.isEmpty }

  /// Why the index does not stand for the topic yet; nil when it does.
  var missing: String? {
    guard let unread else { return "the topic has not been reached yet" }
    return unread.isEmpty ? nil : "\(unread.count) partitions have not been read to their end yet"
  }

  /// Waits until ``generation`` is past `seen`; false when that takes longer than `duration`.
  func wait(after seen: Int, atMost duration: Duration) async -> Bool {
    await withCheckedContinuation { continuation in
      // Looked at here: the actor may be entered by others before a continuation's body begins.
      if generation > seen { return continuation.resume(returning: true) }
      let id = nextWaiter
      nextWaiter += 1
      let deadline = DeadlineAction { [weak self] in self?.assumeIsolated { $0.giveUp(id) } }
      waiters[id] = Waiter(continuation: continuation, deadline: deadline)
      loop.deadlines.arm(deadline, after: duration)
    }
  }

  private func giveUp(_ id: Int) { waiters.removeValue(forKey: id)?.continuation.resume(returning: false) }
}
