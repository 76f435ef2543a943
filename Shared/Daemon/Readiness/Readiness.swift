/// Whether all that a daemon needs answers. The checks run at once, each with a time limit of its own; what they found is kept
/// for up to a second, a failure for a tenth of one, and those who ask meanwhile share it.
public actor Readiness {
  public struct Failure: Sendable, Equatable {
    public let check: String
    public let reason: String
  }

  /// Throws what is missing; returning means that it answers.
  public typealias Check = @Sendable () async throws -> Void

  private struct Entry {
    let name: String
    let timeLimit: Duration
    let check: Check
  }

  private static let freshFor: Duration = .seconds(1)
  /// What fails is looked at again sooner: a mesh that starts is waited for.
  private static let failureFreshFor: Duration = .milliseconds(100)

  private let now: @Sendable () -> ContinuousClock.Instant
  private let sleep: @Sendable (Duration) async throws -> Void
  private var entries: [Entry] = []
  private var latest: (at: ContinuousClock.Instant, run: Task<[Failure], Never>)?
  private var isStopping = false

  init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// Adds a check under a name that `/readyz` shows.
  public func add(_ name: String, timeLimit: Duration = .seconds(1), _ check: @escaping Check) {
    entries.append(Entry(name: name, timeLimit: timeLimit, check: check))
    latest = nil
  }

  /// The checks that fail, in the order in which they were added.
  public func failures() async -> [Failure] {
    if isStopping { return [Failure(check: "running", reason: "the daemon is stopping")] }
    while let latest, latest.at.duration(to: now()) <= Self.freshFor {
      let failures = await latest.run.value
      if failures.isEmpty || latest.at.duration(to: now()) <= Self.failureFreshFor { return failures }
      // Unless another caller has begun to look again meanwhile.
      if self.latest?.at == latest.at { break }
    }
    let run = Task { [entries, sleep] in await Self.run(entries, sleep) }
    latest = (now(), run)
    return await run.value
  }

  func stop() { isStopping = true }

  private static func run(
    _ entries: [Entry], _ sleep: @escaping @Sendable (Duration) async throws -> Void
  ) async -> [Failure] {
    await withTaskGroup(of: (Int, Failure?).self) { group in
      for (index, entry) in entries.enumerated() {
        group.addTask {
          do {
            try await withTimeLimit(entry.timeLimit, sleep: sleep, entry.check)
            return (index, nil)
          } catch is TimedOut {
            let reason = "no answer within \(SettingDuration.text(entry.timeLimit))"
            return (index, Failure(check: entry.name, reason: reason))
          } catch {
            return (index, Failure(check: entry.name, reason: String(describing: error)))
          }
        }
      }
      var found: [(Int, Failure)] = []
      for await (index, failure) in group { if let failure { found.append((index, failure)) } }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

/// Why a check fails, in words for an operator.
public struct NotReady: Error, Sendable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
