import EventLoop
import Foundation
import Testing

@testable import TaskAPI

/// The real journal over a store and a topic that delay, lose, double and answer wrongly, with replicas that pause and die
/// (protocols.md §1): every course of small cases, some of large ones. `TASKMESH_MODEL_RUNS` (200) says how many of each large
/// case, from `TASKMESH_MODEL_SEED` on, by default another each time; `TASKMESH_MODEL_DEVIATIONS` (0) how many deviations more
/// than written the small ones have: one more takes minutes.
@Suite struct JournalModelTests {
  private static let more = number("TASKMESH_MODEL_DEVIATIONS") ?? 0
  private static let runs = number("TASKMESH_MODEL_RUNS") ?? 200
  private static let seed = number("TASKMESH_MODEL_SEED").map(UInt64.init) ?? .random(in: 0..<1 << 32)

  private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// Runs on a thread of its own, since it takes seconds.
  private func explore(
    _ scenario: Scenario, _ way: @escaping @Sendable (Explorer) -> Exploration = { $0.exhaust() }
  ) async throws -> Exploration {
    let loop = EventLoop(name: "explorer")
    defer { loop.stop() }
    return try await loop.run { way(Explorer(scenario: scenario)) }
  }

  @Test(arguments: Scenario.smallCases)
  func everyCourseOfASmallCaseKeepsThePromises(_ scenario: Scenario) async throws {
    var scenario = scenario
    scenario.deviations += Self.more
    let found = try await explore(scenario)
    print("\(found.summary), \(scenario.deviations) deviations at most")
    #expect(found.holds, "\(found)")
  }

  @Test(arguments: Scenario.largeCases)
  func coursesOfALargeCaseAtRandomKeepThePromises(_ scenario: Scenario) async throws {
    let found = try await explore(scenario) { $0.sample(Self.runs, seed: Self.seed) }
    print("\(found.summary), seeds from \(Self.seed)")
    #expect(found.holds, "\(found)")
  }

  @Test func withoutRule1AWriteThatWasRefusedComesToStand() async throws {
    let found = try await explore(.noAnswer.with { BelievesReads(inner: $0) })
    #expect(
      found.violations.contains { $0.contains("was answered refused") && $0.contains("and is stored") }, "\(found)")
  }

  @Test func withoutRule2AWriteOfTheFormerOwnerIsNeverPublished() async throws {
    let found = try await explore(.takeover.with { SeesOwnLease($0, .takeover) })
    #expect(found.violations.contains { $0.contains("is stored and was never published") }, "\(found)")
  }

  @Test func withoutRule3ASlotThatNamesAnUnpublishedTaskIsOverwritten() async throws {
    var scenario = Scenario.pause.with { SeesOwnLease($0, .owner) }
    scenario.menu = [.pause, .wake]
    let found = try await explore(scenario)
    #expect(found.violations.contains { $0.contains("not published, and named by no slot") }, "\(found)")
  }

  @Test func aStoreThatKeepsTheRestOfAFailedTransactionIsUnsafe() async throws {
    var scenario = Scenario.twoJournals
    scenario.keepsRest = true
    #expect(try await !explore(scenario).holds)
    scenario = .noAnswer
    scenario.keepsRest = true
    let found = try await explore(scenario)
    #expect(found.violations.contains { $0.contains("named by no slot") }, "\(found)")
  }

  @Test func aCourseIsFoundAgainByItsSeed() async throws {
    let broken = Scenario.standBys.with { SeesOwnLease($0, .owner) }
    let found = try await explore(broken) { $0.sample(2000, seed: 1) }
    let seed = try #require(found.seed)
    let again = try await explore(broken) { $0.sample(1, seed: seed) }
    #expect(again.violations == found.violations)
  }
}

extension Scenario: CustomTestStringConvertible {
  var testDescription: String { name }
}
