/// Shares calls to a sidecar among the requests that wait: at most so many calls are in flight, and whatever arrives
/// meanwhile leaves together in the next one. There is no timer: nothing waits while fewer calls are in flight.
///
/// Which members go together is the part of ``BatchLimits`` and of what each member says of itself: its owner (owners take
/// turns), its octets, whether it is bulk (which never fills more than half a call), and its keys (members that share one run
/// one after another). A call and its members' results belong to the batcher: a submitter that is cancelled is taken out while
/// it waits, and simply leaves once its call has been sent.
///
///     let reads = Batcher<String, StateEntry?>(executor: loop) { keys in … one result for each key, in order … }
///     let entry = try await reads.submit(key, owner: owner, octets: key.utf8.count)
public actor Batcher<Element: Sendable, Output: Sendable> {
  /// Performs one shared call. It runs in a task of the batcher's, which no submitter's end cancels.
  public typealias Send = @Sendable (Batch<Element, Output>) async -> Void

  /// A class, since dictionaries of generic structs are slow to copy in and out.
  private final class Waiter {
    let element: Element
    var continuation: CheckedContinuation<Output, any Error>?

    init(_ element: Element, _ continuation: CheckedContinuation<Output, any Error>) {
      self.element = element
      self.continuation = continuation
    }
  }

  private let executor: (any TaskExecutor)?
  private let send: Send
  private var queue: BatchQueue
  private var waiters: [BatchQueue.ID: Waiter] = [:]
  private var calls: [BatchQueue.ID: Task<Void, Never>] = [:]
  private var idlers: [CheckedContinuation<Void, Never>] = []
  private var nextID: BatchQueue.ID = 0
  private var isShutDown = false

  /// For calls that answer their members one by one, or in any other order: `send` finishes each member of the batch itself.
  /// - Parameter executor: the event loop that calls run on.
  public init(limits: BatchLimits = BatchLimits(), executor: (any TaskExecutor)? = nil, sending send: @escaping Send) {
    self.executor = executor
    self.send = send
    queue = BatchQueue(limits: limits)
  }

  /// For calls that answer all their members at once: `send` returns a result for each element, in their order.
  public init(
    limits: BatchLimits = BatchLimits(), executor: (any TaskExecutor)? = nil,
    _ send: @escaping @Sendable ([Element]) async -> [Result<Output, any Error>]
  ) {
    self.init(limits: limits, executor: executor) { batch in
      await batch.finish(await send(batch.elements))
    }
  }

  /// Has `element` go with the next call and waits for its result. Throws what its call threw, a ``BatchError``, or
  /// `CancellationError`: then it was not sent, or goes on without this caller.
  ///
  /// - Parameters:
  ///   - owner: whose turn it takes.
  ///   - octets: about how much it adds to a call.
  ///   - isBulk: one of many that came together.
  ///   - keys: what no other member may touch at the same time.
  public func submit(
    _ element: Element, owner: String, octets: Int, isBulk: Bool = false, keys: [String] = []
  ) async throws -> Output {
    try Task.checkCancellation()
    guard !isShutDown else { throw BatchError.shutDown }
    let id = nextID
    nextID += 1
    guard queue.enqueue(id, .init(owner: owner, octets: octets, isBulk: isBulk, keys: keys)) else {
      throw BatchError.full
    }
    return try await withTaskCancellationHandler {
      // Nothing suspends between here and the registration, so that a cancellation finds it.
      try await withCheckedThrowingContinuation { continuation in
        waiters[id] = Waiter(element, continuation)
        startCalls()
      }
    } onCancel: {
      Task(executorPreference: executor) { await self.leave(id) }
    }
  }

  /// Members that wait for a call.
  public var waitingMembers: Int { queue.waitingMembers }

  /// Waits until no member waits and no call is in flight.
  public func drain() async {
    guard !queue.isIdle else { return }
    await withCheckedContinuation { idlers.append($0) }
  }

  /// Refuses whatever comes from now on, fails what waits and cancels the calls in flight.
  public func shutDown() {
    isShutDown = true
    for id in queue.waiting {
      _ = queue.remove(id)
      waiters.removeValue(forKey: id)?.continuation?.resume(throwing: BatchError.shutDown)
    }
    for call in calls.values { call.cancel() }
    wakeIdlers()
  }

  func finish(_ ids: [BatchQueue.ID], _ result: Result<Output, any Error>) {
    for id in ids { finish(id, result) }
  }

  func finish(_ ids: [BatchQueue.ID], _ results: [Result<Output, any Error>]) {
    for (id, result) in zip(ids, results) { finish(id, result) }
  }

  func freePlace(of ids: [BatchQueue.ID]) {
    queue.freePlace(of: ids)
    startCalls()
  }

  private func finish(_ id: BatchQueue.ID, _ result: Result<Output, any Error>) {
    guard let waiter = waiters[id], let continuation = waiter.continuation else { return }
    waiter.continuation = nil
    continuation.resume(with: result)
  }

  private func leave(_ id: BatchQueue.ID) {
    guard let waiter = waiters[id], let continuation = waiter.continuation else { return }
    waiter.continuation = nil
    if queue.remove(id) { waiters[id] = nil }
    continuation.resume(throwing: CancellationError())
    startCalls()
    wakeIdlers()
  }

  private func startCalls() {
    while let ids = queue.nextCall(), let first = ids.first {
      let batch = Batch(batcher: self, ids: ids, elements: ids.compactMap { waiters[$0]?.element })
      calls[first] = Task(executorPreference: executor) { await self.run(batch, ids) }
    }
  }

  private func run(_ batch: Batch<Element, Output>, _ ids: [BatchQueue.ID]) async {
    await send(batch)
    for id in ids {
      waiters.removeValue(forKey: id)?.continuation?.resume(throwing: BatchError.unanswered)
    }
    if let first = ids.first { calls[first] = nil }
    queue.ended(ids)
    startCalls()
    wakeIdlers()
  }

  private func wakeIdlers() {
    guard queue.isIdle else { return }
    for idler in idlers { idler.resume() }
    idlers = []
  }
}

/// The members of one shared call.
public struct Batch<Element: Sendable, Output: Sendable>: Sendable {
  fileprivate let batcher: Batcher<Element, Output>
  fileprivate let ids: [BatchQueue.ID]
  public let elements: [Element]

  /// Gives the member at `index` its result; only the first counts. Members left without one get ``BatchError/unanswered``.
  public func finish(_ index: Int, _ result: Result<Output, any Error>) async { await finish([index], result) }

  /// Gives the members at `indexes` the same result.
  public func finish(_ indexes: [Int], _ result: Result<Output, any Error>) async {
    await batcher.finish(indexes.filter(ids.indices.contains).map { ids[$0] }, result)
  }

  /// Gives each member its result, in their order.
  public func finish(_ results: [Result<Output, any Error>]) async { await batcher.finish(ids, results) }

  /// Has the next call start as if this one were over, while what is left of it goes on without a call under way. Its
  /// members keep their keys until it is over.
  public func freePlace() async { await batcher.freePlace(of: ids) }
}
