import DaprClient
import Synchronization

/// Publishes events until they are acknowledged, those that wait together by one call, and knows whether that works.
final class Publication: Sendable {
  private let batcher: Batcher<[OutgoingEvent], Void>
  private let failing: FailingCalls
  private let delays: Delays
  private let time: MonotonicTime

  /// - Parameter executor: the event loop that calls run on.
  init(topic: any EventTopic, settings: JournalSettings, time: MonotonicTime, executor: (any TaskExecutor)?) {
    let failing = FailingCalls()
    let delays = Delays(patience: settings.patience)
    self.failing = failing
    self.delays = delays
    self.time = time
    batcher = Batcher(executor: executor) { (batch: Batch<[OutgoingEvent], Void>) in
      await Self.send(batch, topic, failing, delays, settings, time)
    }
  }

  /// Whether a call is being repeated now: then new writes are better refused.
  var isFailing: Bool { failing.count.load(ordering: .relaxed) > 0 }

  /// - Parameter onDelay: called when a call has failed and the events have waited for longer than callers are patient,
  ///   be it in that call or for their own; once.
  /// - Returns: false when cancelled before all were acknowledged.
  func publish(_ events: [OutgoingEvent], onDelay: @escaping @Sendable () async -> Void) async -> Bool {
    guard !events.isEmpty else { return true }
    let delay = delays.add(at: time.now(), onDelay)
    defer { delays.remove(delay) }
    do {
      try await batcher.submit(events, owner: "", octets: events.reduce(0) { $0 + $1.octets })
      return true
    } catch { return false }
  }

  /// Gives up what is not acknowledged.
  func shutDown() async { await batcher.shutDown() }

  private static func send(
    _ batch: Batch<[OutgoingEvent], Void>, _ topic: any EventTopic, _ failing: FailingCalls, _ delays: Delays,
    _ settings: JournalSettings, _ time: MonotonicTime
  ) async {
    var members = Array(batch.elements.indices)
    var pending = members.flatMap { member in batch.elements[member].map { (member: member, event: $0) } }
    var attempt = 0
    defer { if attempt > 0 { failing.count.subtract(1, ordering: .relaxed) } }
    while true {
      if let failed = try? await topic.publish(pending.map(\.event)) {
        pending = failed.keys.sorted().map { pending[$0] }
        let unfinished = Set(pending.map(\.member))
        await batch.finish(members.filter { !unfinished.contains($0) }, .success(()))
        members = unfinished.sorted()
      }
      if members.isEmpty { return }
      attempt += 1
      if attempt == 1 { failing.count.add(1, ordering: .relaxed) }
      for tell in delays.overdue(at: time.now()) { await tell() }
      do { try await time.sleep(settings.backoff(attempt)) } catch { return }
    }
  }
}

private final class FailingCalls: Sendable {
  let count = Atomic<Int>(0)
}

/// Who is to hear that events are not acknowledged in time.
private final class Delays: Sendable {
  typealias Tell = @Sendable () async -> Void

  private struct State {
    var waiting: [Int: (since: Duration, tell: Tell)] = [:]
    var nextID = 0
  }
  private let patience: Duration
  private let state = Mutex(State())

  init(patience: Duration) { self.patience = patience }

  func add(at now: Duration, _ tell: @escaping Tell) -> Int {
    state.withLock { state in
      state.nextID += 1
      state.waiting[state.nextID] = (now, tell)
      return state.nextID
    }
  }

  func remove(_ id: Int) { state.withLock { $0.waiting[id] = nil } }

  /// Those whose patience has ended; each only once.
  func overdue(at now: Duration) -> [Tell] {
    state.withLock { state in
      let overdue = state.waiting.filter { now - $0.value.since >= patience }
      for id in overdue.keys { state.waiting[id] = nil }
      return overdue.map(\.value.tell)
    }
  }
}
