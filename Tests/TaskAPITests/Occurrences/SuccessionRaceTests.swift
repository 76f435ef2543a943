import JSON
import Recurrence
import SeededRandom
import TaskModel
import Testing

@testable import TaskAPI

/// Someone completes and reopens a task over and over while the engine's calls come late, doubled and in any order, and
/// what lies in the trash is purged.
@Suite struct SuccessionRaceTests {
  private struct Series {
    let api: APIHarness
    let routes: OccurrenceRoutes
    let source: String
    let successor: String
    /// The engine's calls of all completions so far; any may come again.
    var calls: [MakeNextRequest] = []
    /// Someone has changed the successor: it is theirs, and is not taken back.
    var isTouched = false

    func task(_ id: String) -> StoredTask? {
      api.journal.store.state.withLock { $0.values[TaskKeys.task(id)] }.flatMap { try? StoredTask(json: $0.value.span) }
    }

    func isOpen(_ id: String) -> Bool { task(id).map { $0.task.status == .open && $0.task.deletedAt == nil } ?? false }

    mutating func noteCompletion() {
      guard let completedAt = task(source)?.task.completedAt, calls.last?.completedAt != completedAt else { return }
      var call = MakeNextRequest()
      call.owner = "ann"
      call.sourceID = source
      call.completedAt = completedAt
      call.due = WallTime(secondsSinceEpoch: 1_900_000_000 + 86_400 * calls.count)
      calls.append(call)
    }
  }

  private static func series() async throws -> Series {
    let api = try await APIHarness()
    let source = try await api.create([
      "title": "Bins", "due": "2027-03-01T07:00:00", "recurrence": ["rule": "FREQ=DAILY"],
    ])
    let task = try TaskItem(json: Array(try await api.call(.get, "/tasks/\(source)").body.bytes).span)
    var owned = task
    owned.owner = "ann"
    return Series(
      api: api, routes: OccurrenceRoutes(writer: api.writer), source: source,
      successor: Succession.successorID(of: owned))
  }

  private static func step(_ series: inout Series, _ random: inout some RandomNumberGenerator) async throws {
    let api = series.api
    let (source, routes, call) = (series.source, series.routes, series.calls.randomElement(using: &random))
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1: _ = try await api.call(.post, "/tasks/\(source)/complete")
    case 2, 3: _ = try await api.call(.post, "/tasks/\(source)/reopen")
    case 4: if let call { _ = try await routes.make(call) }
    case 5:
      guard let call else { break }
      async let made = routes.make(call)
      async let reopened = api.call(.post, "/tasks/\(source)/reopen")
      _ = try await (made, reopened)
    case 6:
      guard let call else { break }
      async let made = routes.make(call)
      async let again = routes.make(call)
      async let completed = api.call(.post, "/tasks/\(source)/complete")
      _ = try await (made, again, completed)
    case 7:
      // Purged, or gone with its time to live.
      if series.task(series.successor)?.task.deletedAt != nil {
        api.journal.store.state.withLock { $0.values[TaskKeys.task(series.successor)] = nil }
      }
    default:
      if Int.random(in: 0..<4, using: &random) == 0, series.isOpen(series.successor) {
        _ = try await api.call(.patch, "/tasks/\(series.successor)", ["notes": .string("\(series.calls.count)")])
        series.isTouched = true
      }
    }
    series.noteCompletion()
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func oneSuccessorStandsAndTheSeriesGoesOn(seed: UInt64) async throws {
    var random = SplitMix(seed: seed)
    var series = try await Self.series()
    for _ in 0..<60 {
      try await Self.step(&series, &random)
      if series.isOpen(series.source), !series.isTouched {
        #expect(!series.isOpen(series.successor), "reopening takes back what completing made")
      }
    }
    _ = try await series.api.call(.post, "/tasks/\(series.source)/complete")
    series.noteCompletion()
    // All come again, as in a replay of the topic, the last one at last.
    for call in series.calls.shuffled(using: &random) + series.calls.suffix(1) {
      _ = try await series.routes.make(call)
    }
    #expect(series.isOpen(series.successor), "the series has ended")
    if !series.isTouched {
      #expect(series.task(series.successor)?.task.due == series.calls.last?.due, "of the completion that stands")
    }

    var versions: [String: Int] = [:]
    for event in try series.api.events {
      #expect(event.task.version > versions[event.task.id] ?? 0, "whoever keeps the highest version misses this one")
      versions[event.task.id] = event.task.version
    }
    #expect(versions.count == 2, "the task and its one successor")
    await series.api.journal.kill()
  }
}
