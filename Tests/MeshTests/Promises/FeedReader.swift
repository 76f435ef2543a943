import HTTP2Transport
import JSON
import Synchronization

/// A client of `GET /events` that comes back with its last id whenever its stream ends, to whichever replica is next. What
/// it has heard is held against what is there.
final class FeedReader: Sendable {
  struct Heard: Sendable {
    /// The first stream is open: what happens from then on is heard.
    var hasJoined = false
    /// The highest version of each task.
    var versions: [String: Int] = [:]
    /// Of each reminder, by task and id.
    var reminders: Set<[String?]> = []
    /// How often it was told that its place is not known any more.
    var resets = 0
  }

  let owner: String
  private let token: String
  private let replicas: [HTTPClient]
  private let state = Mutex(Heard())

  init(owner: String, token: String, replicas: [HTTPClient]) {
    self.owner = owner
    self.token = token
    self.replicas = replicas
  }

  var heard: Heard { state.withLock { $0 } }

  /// Until cancelled.
  func run() async {
    var last: String?
    var turn = owner.utf8.reduce(0) { $0 + Int($1) }
    while !Task.isCancelled {
      turn += 1
      if let listener = try? await Listener(replicas[turn % replicas.count], token: token, lastEventID: last) {
        // Before the first event there is no id to come back with: a stream that ends until then leaves a gap, which shows.
        state.withLock { $0.hasJoined = true }
        last = await listen(listener) ?? last
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Until the stream ends; returns the last id.
  private func listen(_ listener: Listener) async -> String? {
    var taken = 0
    while true {
      let isOver = listener.isOver || Task.isCancelled
      let events = listener.events
      for event in events[taken...] { take(event) }
      taken = events.count
      if isOver {
        await listener.close()
        return events.last?.id
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  private func take(_ event: Listener.Event) {
    state.withLock { heard in
      switch event.name {
      case "task":
        guard let id = event.task["id"]?.string, let version = event.task["version"]?.int else { return }
        heard.versions[id] = max(version, heard.versions[id] ?? 0)
      case "reminder": heard.reminders.insert([event["taskId"]?.string, event["reminderId"]?.string])
      case "reset": heard.resets += 1
      default: break
      }
    }
  }
}
