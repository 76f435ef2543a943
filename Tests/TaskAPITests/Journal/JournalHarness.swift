import DaprClient
import JSONLog
import Testing

@testable import TaskAPI

/// A journal over a store and a topic in memory, with time in the test's hand.
struct JournalHarness: Sendable {
  let store: FakeStore
  let topic: FakeTopic
  let time: ManualTime
  let writer: JournalWriter
  private let running: Task<Void, Never>

  static let settings: JournalSettings = {
    var settings = JournalSettings()
    settings.journals = 4
    settings.slots = 6
    return settings
  }()

  init(
    store: FakeStore = FakeStore(), topic: FakeTopic = FakeTopic(), time: ManualTime = ManualTime(), slots: Int? = nil,
    after probe: StoreProbe? = nil
  ) {
    var settings = Self.settings
    if let slots { settings.slots = slots }
    let writer = JournalWriter(
      store: store, topic: topic, settings: settings, time: time.time, executor: nil, logger: .silent,
      presentState: { OutgoingEvent($0.value, partitionKey: "again") })
    self.store = store
    self.topic = topic
    self.time = time
    self.writer = writer
    running = Task { if let probe { await writer.run(after: probe) } else { await writer.run() } }
  }

  func ready() async throws { try await until("the journal is writable") { writer.isWritable } }

  /// Lets time pass in small steps, and everything react to each.
  func pass(_ duration: Duration) async {
    for _ in 0..<Int(duration / .milliseconds(250)) {
      for _ in 0..<200 { await Task.yield() }
      time.advance(by: .milliseconds(250))
    }
    for _ in 0..<200 { await Task.yield() }
  }

  /// Ends as `kill -9` does: nothing is given back.
  func kill() async {
    running.cancel()
    await running.value
  }

  func stop() async {
    await kill()
    await writer.stop()
  }

  static func write(
    _ id: String, _ value: String = "1", if precondition: StateOperation.Precondition = .absent
  ) -> JournalWrite {
    JournalWrite(
      owner: "a", operations: [.upsert(TaskKeys.task(id), Array(value.utf8), if: precondition)], ids: [id],
      events: [OutgoingEvent(Array(value.utf8), partitionKey: id)])
  }

  /// How a write ended; nil for well.
  func failure(of write: JournalWrite) async -> WriteFailure? {
    do throws(WriteFailure) {
      try await writer.write(write)
      return nil
    } catch { return error }
  }

  /// The writes' transactions, without those that fence slots.
  var transactions: [[StateOperation]] {
    store.state.withLock { $0.transactions }.filter { $0.contains { !$0.key.hasPrefix("journal/") } }
  }
}
