import DaprClient
import HTTP2Transport
import JSON
import JSONLog
import Metrics
import Recurrence
import Synchronization
import TaskModel

@testable import Notifier

/// A store, a broker, a clock, and what task-api would do to them.
final class World: Sendable {
  let store = MemoryStore()
  let broker = MemoryBroker()
  private let time: Mutex<(now: Instant, uptime: Duration)>

  init(_ start: String = "2027-03-01T12:00:00Z") throws {
    time = Mutex((try Instant(start), .zero))
  }

  var now: Instant { time.withLock { $0.now } }

  func pass(seconds: Int) {
    time.withLock { time in
      time.now = time.now.adding(seconds: seconds)
      time.uptime += .seconds(seconds)
    }
  }

  var clock: NotifierClock {
    NotifierClock(now: { self.time.withLock { $0.now } }, uptime: { self.time.withLock { $0.uptime } })
  }

  func replica(_ name: String = "a", store: (any ReminderStore)? = nil) -> Notifier {
    Notifier(
      store: store ?? self.store, sink: broker, clock: clock, zones: ZoneDatabase(), log: .silent,
      metrics: MetricsRegistry(), replica: name)
  }

  /// A replica that holds the leases.
  func holder(_ name: String = "a") async -> Notifier {
    let replica = replica(name)
    await replica.leases.keep()
    return replica
  }

  /// A task with one reminder.
  func task(_ id: String = "t1", owner: String = "alice", version: Int = 1, at: String) throws -> TaskItem {
    try task(id, owner: owner, version: version, reminders: [TaskReminder(id: "r1", time: .at(Instant(at)))])
  }

  func task(
    _ id: String = "t1", owner: String = "alice", version: Int = 1, reminders: [TaskReminder]
  ) -> TaskItem {
    var task = TaskItem(id: id, owner: owner, title: "Water the plants", createdAt: now)
    task.version = version
    task.reminders = reminders
    return task
  }

  /// Stores tasks as task-api does, without telling anyone.
  func save(_ tasks: TaskItem...) {
    for task in tasks { store.set("task/\(task.id)", StoredTask(task: task, lastChange: []).json) }
  }

  /// Stores tasks and delivers their events.
  @discardableResult
  func write(_ tasks: TaskItem..., to notifier: Notifier) async throws -> [String] {
    for task in tasks { save(task) }
    return try await deliver(tasks, to: notifier)
  }

  func deliver(_ tasks: [TaskItem], to notifier: Notifier) async throws -> [String] {
    try await deliver(events: tasks.map { (TaskEvent(task: $0, change: []).json, $0.id) }, to: notifier)
  }

  /// Posts a bulk delivery as daprd does.
  /// - Returns: the statuses answered.
  func deliver(events: [(event: [UInt8], key: String)], to notifier: Notifier) async throws -> [String] {
    var writer = JSONWriter()
    writer.object {
      $0.key("entries")
      $0.array {
        for (index, (event, key)) in events.enumerated() {
          $0.object {
            $0.key("entryId")
            $0.string(String(index))
            $0.key("event")
            $0.raw(event)
            $0.key("metadata")
            JSONValue.object([.init("__key", .string(key)), .init("__partition", .string("7"))]).write(to: &$0)
            $0.key("contentType")
            $0.string("application/cloudevents+json")
          }
        }
      }
      $0.key("topic")
      $0.string("task-events")
    }
    let response = await answer(HTTPRequest(.post, "/events/tasks", body: writer.bytes), notifier)
    guard case .bytes(let body) = response.body else { return [] }
    return try JSONValue(parsing: body)["statuses"]?.elements?.compactMap { $0["status"]?.string } ?? []
  }

  func answer(_ request: HTTPRequest, _ notifier: Notifier) async -> HTTPResponse {
    switch notifier.router.route(request).handler {
    case .immediate(let handler): handler(request)
    case .task(let handler): await handler(request)
    case .refusal(let response): response
    }
  }

  /// Runs `seconds` seconds with leases kept and a tick each second.
  func run(_ notifiers: Notifier..., seconds: Int) async {
    for _ in 0..<seconds {
      pass(seconds: 1)
      for notifier in notifiers {
        await notifier.leases.keep()
        await notifier.firer.tick()
      }
    }
  }
}

/// Takes what is published.
final class MemoryBroker: EventSink {
  struct Record: Sendable {
    let topic: String
    let event: OutgoingEvent

    var json: JSONValue { (try? JSONValue(parsing: event.body)) ?? .null }
    func text(_ name: String) -> String? { json["data"]?[name]?.string }
  }

  private struct State {
    var records: [Record] = []
    var isDown = false
    /// Events at these places of the next call fail.
    var failing: Set<Int> = []
    var hook: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  var records: [Record] { state.withLock { $0.records } }
  var reminders: [Record] { records.filter { $0.topic == "task-reminders" } }
  func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
  func fail(_ places: Set<Int>) { state.withLock { $0.failing = places } }
  func afterNextPublish(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.hook = body } }

  func publish(all events: [OutgoingEvent], to topic: String) async throws(DaprError) -> [Int: String] {
    let (failed, hook): ([Int: String]?, (@Sendable () -> Void)?) = state.withLock { state in
      if state.isDown { return (nil, nil) }
      let failing = state.failing
      let hook = state.hook
      state.failing = []
      state.hook = nil
      for (index, event) in events.enumerated() where !failing.contains(index) {
        state.records.append(Record(topic: topic, event: event))
      }
      return (Dictionary(uniqueKeysWithValues: failing.map { ($0, "refused") }), hook)
    }
    hook?()
    guard let failed else { throw DaprError(.failed, status: 500, message: "circuit breaker is open") }
    return failed
  }

  func publishRaw(_ event: OutgoingEvent, to topic: String) async throws(DaprError) {
    _ = try await publish(all: [event], to: topic)
  }
}
