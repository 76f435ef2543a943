import Foundation
import HTTP2Transport
import JSON
import SeededRandom

/// One of the people who use the mesh while things befall it: makes tasks, changes their own and some that all share.
struct ChaosClient {
  /// A task that many change at a time.
  struct SharedTask: Sendable {
    let id: String
    let owner: String
  }

  private let caller: Caller
  private let owner: String
  private let shared: [SharedTask]
  private let end: ContinuousClock.Instant
  private var random: SplitMix
  /// Ids of own tasks with the version last seen.
  private var tasks: [String: Int] = [:]
  private var trash: Set<String> = []
  private var series: [String] = []

  init(
    _ caller: Caller, owner: String, shared: [SharedTask], seed: UInt64, end: ContinuousClock.Instant
  ) {
    self.caller = caller
    self.owner = owner
    self.shared = shared
    self.end = end
    random = SplitMix(seed: seed)
  }

  /// A write is repeated for so long after the faults are over: then it has its answer, if the mesh comes right.
  private static let patience: Duration = .seconds(60)

  /// Until the run ends.
  mutating func run() async {
    while ContinuousClock.now < end, !Task.isCancelled {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<15: await create()
      case 15..<18: await createMany()
      case 18..<24: await create(reminding: true)
      case 24..<28: await createSeries()
      case 28..<40: await advanceSeries()
      case 40..<70: await changeOwn()
      default: await changeShared()
      }
      try? await Task.sleep(for: .milliseconds(Int.random(in: 20...200, using: &random)))
    }
  }

  /// Most mean it; some leave what was refused or is in doubt.
  private mutating func nextPatience() -> Caller.Patience {
    Int.random(in: 0..<4, using: &random) == 0 ? .firstAnswer : .until(end + Self.patience)
  }

  private mutating func create(reminding: Bool = false) async {
    var more: [JSONValue.Member] = []
    if reminding {
      let at = Moment(in: Double.random(in: 3...20, using: &random))
      more = [.init("reminders", [["at": .string(at.text)]])]
    }
    let made = await caller.perform(.create, more: more, owner: owner, patience: nextPatience())
    // What is to be reminded of is left alone: its reminder must come.
    if let id = made.operation.task, !reminding { tasks[id] = 1 }
  }

  private mutating func createMany() async {
    let number = Int.random(in: 2...5, using: &random)
    for made in await caller.createMany(number, owner: owner, until: end + Self.patience) {
      if let id = made.task { tasks[id] = 1 }
    }
  }

  private mutating func createSeries() async {
    guard series.count < 3 else { return await advanceSeries() }
    let made = await caller.perform(
      .create,
      more: [
        .init("due", "2035-05-10T09:00:00"), .init("timeZone", "Europe/Berlin"),
        .init("recurrence", ["rule": "FREQ=DAILY"]),
      ], owner: owner, patience: .until(end + Self.patience))
    if let id = made.operation.task { series.append(id) }
  }

  /// Completes the open occurrence of a series, or at times reopens the last one that is done, as the index shows them.
  private mutating func advanceSeries() async {
    guard let first = series.randomElement(using: &random) else { return }
    let reopens = Int.random(in: 0..<5, using: &random) == 0
    let filter = PercentEncoding.encode("series = \(first) and status = \(reopens ? "done" : "open")")
    let list = await caller.get("/tasks?limit=1&sort=-due&filter=\(filter)", owner: owner)
    // The first of a series belongs to none until it has a successor.
    let found = list?.body["items"]?[0]?["id"]?.string
    await caller.perform(
      reopens ? .reopen : .complete, on: found ?? first, owner: owner, patience: .until(end + Self.patience))
  }

  private mutating func changeOwn() async {
    if !trash.isEmpty, Int.random(in: 0..<8, using: &random) == 0, let id = trash.randomElement(using: &random) {
      let restored = await caller.perform(.restore, on: id, owner: owner, patience: nextPatience())
      guard case .done(let state?) = restored.operation.outcome else { return }
      trash.remove(id)
      tasks[id] = state.version
      return
    }
    guard let id = tasks.keys.sorted().randomElement(using: &random) else { return }
    let action = nextAction(version: tasks[id])
    let changed = await caller.perform(action, on: id, owner: owner, patience: nextPatience()).operation
    switch changed.outcome {
    case .done(let state?): tasks[id] = state.version
    case .done(nil):
      tasks[id] = nil
      trash.insert(id)
    case .conflict, .refused, .inDoubt: break
    case .missing: tasks[id] = nil
    }
  }

  private mutating func changeShared() async {
    guard let task = shared.randomElement(using: &random) else { return }
    var version: Int?
    if Bool.random(using: &random) {
      let read = await caller.perform(.read, on: task.id, owner: task.owner, patience: .firstAnswer)
      if case .done(let state?) = read.operation.outcome { version = state.version }
    }
    let changed = await caller.perform(
      nextAction(version: version), on: task.id, owner: task.owner, patience: nextPatience())
    // Whoever finds it in the trash takes it out again, so that most find it.
    guard changed.operation.outcome == .missing else { return }
    await caller.perform(.restore, on: task.id, owner: task.owner, patience: nextPatience())
  }

  private mutating func nextAction(version: Int?) -> Operation.Action {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<6: .patch(ifMatch: nil)
    case 6..<12: .patch(ifMatch: version)
    case 12..<15: .complete
    case 15..<17: .reopen
    case 17: .delete
    case 18: .restore
    default: .read
    }
  }
}
