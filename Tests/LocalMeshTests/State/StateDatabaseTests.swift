import Foundation
import Synchronization
import Testing

@testable import LocalMesh

@Suite struct StateDatabaseTests {
  private final class Clock: Sendable { let seconds = Atomic<Int64>(1000) }
  private let clock = Clock()
  private let path = NSTemporaryDirectory() + "state-\(UUID().uuidString).sqlite"

  private func open() async throws -> StateDatabase {
    try await StateDatabase.open(path: path) { [clock] in clock.seconds.load(ordering: .relaxed) }
  }

  private func value(_ database: StateDatabase, _ key: String) async throws -> String? {
    try await database.get("s", [key])[key].map { String(decoding: $0.value, as: UTF8.self) }
  }

  @Test func aValueGoesWhenItsTimeIsOverAndItsKeyIsFreeAgain() async throws {
    let database = try await open()
    try await database.write("s", [StateChange(key: "a", value: [49], timeToLive: 10)])
    clock.seconds.store(1009, ordering: .relaxed)
    #expect(try await value(database, "a") == "1")
    let etag = try #require(try await database.get("s", ["a"])["a"]?.etag)
    clock.seconds.store(1010, ordering: .relaxed)
    #expect(try await value(database, "a") == nil)
    await #expect(throws: StateFault.mismatch(etag)) {
      try await database.write("s", [StateChange(key: "a", value: [50], etag: etag)])
    }
    try await database.write("s", [StateChange(key: "a", value: [51], isFirstWrite: true)])
    #expect(try await value(database, "a") == "3")
  }

  @Test func aRequestThatFailsTakesNothingOfTheOthersInItsCommitAlong() async throws {
    let database = try await open()
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          // Every second one also names an ETag that is not there, after a write that must go with it.
          var changes = [StateChange(key: "k\(number)", value: [49])]
          if number % 2 == 0 { changes.append(StateChange(key: "other", value: [49], etag: "x")) }
          do {
            try await database.write("s", changes)
            return true
          } catch { return false }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(outcomes == 100)
    let stored = try await database.get("s", (0..<200).map { "k\($0)" })
    #expect(stored.count == 100)
  }

  @Test func whatWasWrittenIsThereAfterOpeningAgain() async throws {
    try await open().write("s", [StateChange(key: "a", value: [49])])
    #expect(try await value(open(), "a") == "1")
  }

  @Test func ofManyFirstWritersOneWins() async throws {
    let database = try await open()
    let winners = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        group.addTask {
          do {
            try await database.write("s", [StateChange(key: "a", value: [UInt8(number)], isFirstWrite: true)])
            return true
          } catch { return false }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(winners == 1)
  }
}
