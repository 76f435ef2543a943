import DaprClient

@testable import TaskAPI

/// The store, the topic and the clocks of some replicas, all in the hand of an explorer: a call or a sleep of the code under
/// test suspends here until an ``Action`` says what becomes of it.
final class World: @unchecked Sendable {
  // @unchecked: everything runs on the executor, on one thread, which each call checks.
  let executor = StepExecutor()
  var ledger = Ledger()
  private(set) var store: ModelStore
  /// In the order in which they came.
  private(set) var calls: [Call] = []
  private(set) var sleepers: [Sleeper] = []
  private(set) var replicas: [Replica] = []
  private(set) var callers: [Caller] = []
  /// Those that something happened to in the last step; the first goes on by default.
  private(set) var moved: [Int] = []
  private(set) var now = Duration.zero
  private var nextID = 0
  private var isClosed = false

  struct Replica {
    var name: String
    var clock: Duration
    var isPaused = false
    var isDead = false
    var isStopping = false
    /// Begins an orderly stop.
    var stop: () -> Void = {}
    var runs: Bool { !isPaused && !isDead }
  }

  struct Caller {
    let replica: Int
    let leave: () -> Void
    var hasLeft = false
  }

  struct Sleeper {
    let id: Int
    let replica: Int
    /// By its replica's clock.
    let until: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }

  init(keepsRest: Bool) { store = ModelStore(keepsRest: keepsRest) }

  func addReplica() -> Int {
    replicas.append(Replica(name: String(UnicodeScalar(UInt8(65 + replicas.count))), clock: now))
    return replicas.count - 1
  }

  func onStop(of replica: Int, _ stop: @escaping () -> Void) { replicas[replica].stop = stop }

  /// - Parameter leave: has the caller go away, whatever it waits for.
  func addCaller(of replica: Int, _ leave: @escaping () -> Void) {
    callers.append(Caller(replica: replica, leave: leave))
  }

  /// A process has ended in order.
  func ended(_ replica: Int) { replicas[replica].isDead = true }

  // What the code under test calls.

  func call(_ replica: Int, _ request: Call.Request) async -> Call.Answer {
    executor.preconditionCurrent()
    if isClosed { return .failed(Call.lost) }
    nextID += 1
    let id = nextID
    if case .publish(let events) = request { ledger.publishing(events, by: replica) }
    return await withCheckedContinuation {
      calls.append(Call(id: id, replica: replica, request: request, continuation: $0))
    }
  }

  func time(of replica: Int) -> MonotonicTime {
    MonotonicTime(now: { self.replicas[replica].clock }, sleep: { try await self.sleep(replica, $0) })
  }

  private func sleep(_ replica: Int, _ duration: Duration) async throws {
    executor.preconditionCurrent()
    if isClosed { throw CancellationError() }
    try Task.checkCancellation()
    nextID += 1
    let id = nextID
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        sleepers.append(
          Sleeper(id: id, replica: replica, until: replicas[replica].clock + duration, continuation: $0))
      }
    } onCancel: {
      guard let index = sleepers.firstIndex(where: { $0.id == id }) else { return }
      sleepers.remove(at: index).continuation.resume(throwing: CancellationError())
    }
  }

  // What may happen next.

  /// The calls whose callers wait and run, in the order in which they are answered when nothing goes wrong: those of the
  /// replica that moved last first, those whose answers are held back last.
  var answerable: [Call] {
    let waiting = calls.filter { $0.continuation != nil && replicas[$0.replica].runs }
    let own = waiting.filter { $0.replica == moved.first && $0.held == nil }
    let others = waiting.filter { $0.replica != moved.first && $0.held == nil }
    return own + others + waiting.filter { $0.held != nil }
  }

  /// Calls that nobody waits for any more, but that may still take place.
  var late: [Call] { calls.filter { $0.continuation == nil } }

  var canAdvance: Bool { sleepers.contains { replicas[$0.replica].runs } }

  func perform(_ action: Action) {
    switch action {
    case .answer(let call): answer(remove(call)) { $0.held ?? execute($0.request) }
    case .loseAnswer(let call):
      answer(remove(call)) { call in
        _ = execute(call.request)
        return .failed(Call.failure)
      }
    case .drop(let call): answer(remove(call)) { _ in .failed(Call.failure) }
    case .runTwice(let call):
      answer(remove(call)) { call in
        _ = execute(call.request)
        return execute(call.request)
      }
    case .giveUp(let call): giveUp(call)
    case .hold(let call):
      guard let index = calls.firstIndex(where: { $0.id == call.id }) else { return }
      calls[index].held = execute(call.request)
    case .refuse(let call):
      answer(remove(call)) { _ in .outcome(.refused(DaprError(.refused, status: 400, message: "malformed"))) }
    case .notSent(let call):
      answer(remove(call)) { _ in .outcome(.notSent(DaprError(.unreachable, message: "no connection"))) }
    case .publishHalf(let call):
      answer(remove(call)) { call in
        guard case .publish(let events) = call.request else { return .failed(Call.failure) }
        ledger.published(Array(events.prefix(events.count / 2)))
        return .notPublished(
          Dictionary(uniqueKeysWithValues: (events.count / 2..<events.count).map { ($0, "no leader") }))
      }
    case .land(let call): _ = execute(remove(call).request)
    case .advance: advance()
    case .pause(let replica): replicas[replica].isPaused = true
    case .wake(let replica):
      replicas[replica].isPaused = false
      moved = [replica]
    case .stop(let replica):
      replicas[replica].isStopping = true
      replicas[replica].stop()
    case .leave(let caller):
      callers[caller].hasLeft = true
      callers[caller].leave()
    case .kill(let replica):
      replicas[replica].isDead = true
      for index in calls.indices.reversed() where calls[index].replica == replica {
        if calls[index].held != nil || calls[index].isRead {
          abandoned.append(calls.remove(at: index))
        } else {
          abandoned.append(calls[index])
          calls[index].continuation = nil
        }
      }
    }
    executor.runToQuiescence()
  }

  /// Calls of dead replicas, whose tasks are ended with the world.
  private var abandoned: [Call] = []

  private func giveUp(_ call: Call) {
    guard let index = calls.firstIndex(where: { $0.id == call.id }) else { return }
    let waiter = calls[index].continuation
    calls[index].continuation = nil
    moved = [call.replica]
    waiter?.resume(returning: .failed(DaprError(.deadline, message: "no answer")))
  }

  private func remove(_ call: Call) -> Call {
    guard let index = calls.firstIndex(where: { $0.id == call.id }) else { preconditionFailure("no such call") }
    return calls.remove(at: index)
  }

  private func answer(_ call: Call, _ result: (Call) -> Call.Answer) {
    moved = [call.replica]
    let answer = result(call)
    if case .publish(let events) = call.request, case .notPublished(let failed) = answer {
      for (index, event) in events.enumerated() where failed[index] == nil {
        ledger.acknowledged(event, to: call.replica)
      }
    }
    call.continuation?.resume(returning: answer)
  }

  private func execute(_ request: Call.Request) -> Call.Answer {
    switch request {
    case .read(let keys): return .entries(store.read(keys))
    case .save(let operation):
      let stands = store.apply([operation])
      ledger.check(store)
      return stands ? .outcome(.committed) : .failed(Call.mismatch)
    case .transaction(let operations):
      let stands = store.apply(operations)
      if stands || store.keepsRest { ledger.check(store) }
      return .outcome(stands ? .committed : .inDoubt(Call.conflict))
    case .publish(let events):
      ledger.published(events)
      return .notPublished([:])
    }
  }

  /// Lets time pass until the next sleeper wakes, on every clock that goes.
  private func advance() {
    let waits = sleepers.filter { replicas[$0.replica].runs }.map { $0.until - replicas[$0.replica].clock }
    guard let step = waits.min() else { return }
    now += step
    for index in replicas.indices where replicas[index].runs { replicas[index].clock += step }
    let due = sleepers.filter { replicas[$0.replica].runs && $0.until <= replicas[$0.replica].clock }
    sleepers.removeAll { sleeper in due.contains { $0.id == sleeper.id } }
    moved = due.map(\.replica)
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Ends every task of the world.
  func close() {
    isClosed = true
    var rest = calls + abandoned
    calls = []
    abandoned = []
    while !rest.isEmpty || !sleepers.isEmpty {
      for call in rest { call.continuation?.resume(returning: .failed(Call.lost)) }
      let sleeping = sleepers
      sleepers = []
      for sleeper in sleeping { sleeper.continuation.resume(throwing: CancellationError()) }
      executor.runToQuiescence()
      rest = calls
      calls = []
    }
  }
}
