import DaprClient
import Synchronization

/// Publishes events until they are acknowledged, and knows whether that works.
struct Publication: Sendable {
  let topic: any EventTopic
  let settings: JournalSettings
  let time: MonotonicTime
  private let failing = FailingCalls()

  init(topic: any EventTopic, settings: JournalSettings, time: MonotonicTime) {
    self.topic = topic
    self.settings = settings
    self.time = time
  }

  /// Whether a call is being repeated now: then new writes are better refused.
  var isFailing: Bool { failing.count.load(ordering: .relaxed) > 0 }

  /// - Parameter onDelay: called once when the events are not acknowledged after the time that callers are patient.
  /// - Returns: false when cancelled before all were acknowledged.
  func publish(_ events: [OutgoingEvent], onDelay: @Sendable () async -> Void) async -> Bool {
    guard !events.isEmpty else { return true }
    let startedAt = time.now()
    var pending = events
    var attempt = 0
    var isLate = false
    defer { if attempt > 0 { failing.count.subtract(1, ordering: .relaxed) } }
    while true {
      if let failed = try? await topic.publish(pending) { pending = failed.keys.sorted().map { pending[$0] } }
      if pending.isEmpty { return true }
      attempt += 1
      if attempt == 1 { failing.count.add(1, ordering: .relaxed) }
      if !isLate, time.now() - startedAt >= settings.patience {
        isLate = true
        await onDelay()
      }
      do { try await time.sleep(JournalSettings.backoff(attempt)) } catch { return false }
    }
  }
}

private final class FailingCalls: Sendable {
  let count = Atomic<Int>(0)
}
