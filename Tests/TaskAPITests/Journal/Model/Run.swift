import DaprClient
import JSONLog

@testable import TaskAPI

/// One course of a scenario: the real writers from their start until everything has settled.
final class Run {
  private let scenario: Scenario
  private let chooser: any Chooser
  private let world: World
  private let clients = Clients()
  private var writers: [JournalWriter] = []
  private var running: [Task<Void, Never>] = []
  private var deviations = 0
  private(set) var steps = 0
  /// What happened, when it was asked for.
  private(set) var trace: [String]?

  /// Virtual time after which nothing goes wrong any more.
  private static let horizon: Duration = .milliseconds(1500)
  /// Long enough for repetitions.
  private static let calming: Duration = .milliseconds(600)
  /// Long enough for a takeover, and one more of what that one left.
  private static let takingOver: Duration = .milliseconds(1400)
  private static let mostSteps = 3000

  init(_ scenario: Scenario, _ chooser: any Chooser, traces: Bool = false) {
    self.scenario = scenario
    self.chooser = chooser
    trace = traces ? [] : nil
    world = World(keepsRest: scenario.keepsRest)
  }

  /// - Returns: what was violated.
  func toTheEnd() -> [String] {
    for _ in scenario.clients {
      startReplica()
      while !world.answerable.isEmpty, step(disturbed: scenario.disturbsStart) {}
    }
    for (replica, clients) in scenario.clients.enumerated() {
      for ids in clients { startClient(of: replica, ids) }
    }
    while !clientsAreDone, world.now < Self.horizon, step(disturbed: true) {}
    settle()
    let violations = world.ledger.violations
    for task in running { task.cancel() }
    world.close()
    return violations
  }

  private func startReplica() {
    let replica = world.addReplica()
    let view = ReplicaView(world: world, replica: replica)
    let writer = JournalWriter(
      store: scenario.view(view), topic: view, settings: scenario.settings, time: world.time(of: replica),
      executor: world.executor, logger: .silent,
      presentState: { entry in
        var event = TaskValue(entry.value)?.event
        event?.partition = Ledger.presentState
        return event
      })
    writers.append(writer)
    let running = Task(executorPreference: world.executor) { await writer.run() }
    self.running.append(running)
    world.onStop(of: replica) { [world] in
      Task(executorPreference: world.executor) {
        running.cancel()
        await running.value
        await writer.stop()
        world.ended(replica)
      }
    }
    world.executor.runToQuiescence()
  }

  private func startClient(of replica: Int, _ ids: [String]) {
    let client = clients.add(replica)
    let work = ClientWork(
      world: world, replica: replica, writer: writers[replica], ids: ids, attempts: scenario.attempts)
    let task = Task(executorPreference: world.executor) { [clients] in
      await work.run { clients.states[client].doing = $0 }
      clients.states[client].doing = .done
    }
    world.addCaller(of: replica) { task.cancel() }
    world.executor.runToQuiescence()
  }

  /// Those that can get on have ended.
  private var clientsAreDone: Bool {
    clients.states.allSatisfy { client in
      !world.replicas[client.replica].runs || client.doing == .done
        // A stand-by: it waits for as long as another holds the only journal.
        || client.doing == .waiting
          && writers.indices.contains { other in
            other != client.replica && world.replicas[other].runs && writers[other].isWritable
          }
    }
  }

  /// - Returns: false when nothing can happen, or a promise is broken already.
  private func step(disturbed: Bool) -> Bool {
    guard world.ledger.violations.isEmpty else { return false }
    let mayDeviate = disturbed && deviations < scenario.deviations
    let options = world.options(scenario, mayDeviate: mayDeviate)
    guard !options.isEmpty else { return false }
    steps += 1
    guard steps < Self.mostSteps else {
      world.ledger.violate("it goes on for ever")
      return false
    }
    let choice = options.count > 1 ? chooser.choose(of: options.count) : 0
    if choice > 0 { deviations += 1 }
    perform(options[choice], isDeviation: choice > 0)
    return true
  }

  private func perform(_ action: Action, isDeviation: Bool) {
    if trace != nil {
      let seconds = Double(world.now / .milliseconds(1)) / 1000
      trace?.append("\(isDeviation ? "*" : " ") \(seconds) s \(action.text(in: world))")
    }
    world.perform(action)
  }

  /// Nothing goes wrong any more: the paused wake, the dead are taken over, then what is late lands.
  private func settle() {
    for replica in world.replicas.indices where world.replicas[replica].isPaused {
      perform(.wake(replica), isDeviation: false)
    }
    if !world.replicas.contains(where: { $0.runs && !$0.isStopping }) { startReplica() }
    pass(deviations == 0 ? .zero : ownersAreWell ? Self.calming : Self.takingOver)
    guard world.ledger.violations.isEmpty else { return }
    if clients.states.contains(where: { $0.doing == .writing && world.replicas[$0.replica].runs }) {
      return world.ledger.violate("a caller was never answered")
    }
    world.ledger.checkSettled(world.store)
    for call in world.late where !call.keys.isEmpty && world.ledger.violations.isEmpty {
      perform(.land(call), isDeviation: false)
    }
    pass(.zero)
    if world.ledger.violations.isEmpty { world.ledger.checkSettled(world.store) }
  }

  private var ownersAreWell: Bool {
    !scenario.disturbsLeases && world.replicas.allSatisfy { !$0.isDead && !$0.isStopping && $0.clock == world.now }
  }

  private func pass(_ duration: Duration) {
    let end = world.now + duration
    while !clientsAreDone || world.now < end || !world.answerable.isEmpty, step(disturbed: false) {}
  }
}

/// What the clients of a run do now.
private final class Clients: @unchecked Sendable {
  // @unchecked: everything runs on the executor of one run.
  struct State {
    let replica: Int
    var doing = ClientWork.Doing.waiting
  }
  var states: [State] = []

  func add(_ replica: Int) -> Int {
    states.append(State(replica: replica))
    return states.count - 1
  }
}

/// A client that writes some tasks one after the other, each anew when nothing was stored.
private struct ClientWork: Sendable {
  enum Doing {
    /// For a replica that can write.
    case waiting
    case writing, done
  }

  let world: World
  let replica: Int
  let writer: JournalWriter
  let ids: [String]
  let attempts: Int

  func run(_ note: (Doing) -> Void) async {
    let time = world.time(of: replica)
    let view = ReplicaView(world: world, replica: replica)
    for id in ids {
      for _ in 0..<attempts {
        note(.waiting)
        while !writer.isWritable {
          if world.replicas[replica].isStopping { return }
          do { try await time.sleep(.milliseconds(200)) } catch { return }
        }
        note(.writing)
        guard let found = try? await view.get(all: [TaskKeys.task(id)]) else { continue }
        let standing = found[TaskKeys.task(id)]
        let task = TaskValue(
          id: id, version: (standing.flatMap { TaskValue($0.value)?.version } ?? 0) + 1,
          attempt: world.ledger.newAttempt())
        let failure = await write(task, from: standing?.etag)
        world.ledger.answered(task, failure, world.store)
        if failure == nil || failure == .inDoubt { break }
      }
    }
  }

  private func write(_ task: TaskValue, from etag: ETag?) async -> WriteFailure? {
    do throws(WriteFailure) {
      try await writer.write(
        JournalWrite(
          owner: "a",
          operations: [.upsert(TaskKeys.task(task.id), task.bytes, if: etag.map { .matches($0) } ?? .absent)],
          ids: [task.id], events: [task.event]))
      return nil
    } catch { return error }
  }
}
