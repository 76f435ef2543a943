import Daemon
import Foundation
import JSON
import Testing

/// A daemon dies by a real SIGKILL at each step of what it does, and is started again: what callers were told still holds.
///
/// Every test runs each point in a mesh of its own, `TASKMESH_STOP_ROUNDS` times (2).
@Suite(.serialized, .timeLimit(.minutes(10))) struct StopTests {
  static let rounds = ProcessEnvironment.variables["TASKMESH_STOP_ROUNDS"].flatMap { Int($0) } ?? 2

  static let writes: [StopPoint] = [
    .transactionReady, .transactionCommitted, .eventsPublished, .callersResumed, .journalRenewed,
  ]
  static let takeovers: [StopPoint] = [.journalClaimed, .slotsFenced, .someRepublished, .allRepublished]
  static let indexing: [StopPoint] = [.rowsWritten, .rowsCommitted]
  static let successions: [StopPoint] = [.successorDecided, .successorStored, .successorAnswered]
  static let reminders: [StopPoint] = [
    .shardRenewed, .scheduleReady, .scheduleStored, .reminderDecided, .reminderSent, .reminderMarked,
  ]
  static let watermarks: [StopPoint] = [.watermarkReady, .watermarkMoved]

  @Test func everyPointHasItsTest() {
    let tested = Self.writes + Self.takeovers + Self.indexing + Self.successions + Self.reminders + Self.watermarks
    #expect(Set(tested + [.slotRewritten]) == Set(StopPoint.allCases))
  }

  @Test(arguments: writes) func aWriteIsKeptOrWasRefusedOrIsInDoubt(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start()
    for _ in 0..<Self.rounds {
      try await stoppable.write(upTo: point)
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  /// Two replicas that change one task leave each other in doubt about their transactions.
  @Test func aTransactionInDoubtIsSettledByWhoComesNext() async throws {
    let stoppable = try await StoppableMesh.start(replicas: "task-api=2")
    for _ in 0..<Self.rounds {
      let callers = try [stoppable.caller(), stoppable.caller(replica: 1)]
      let made = await callers[0].perform(.create, owner: "ada", patience: .until(.now + .seconds(20)))
      let id = try #require(made.operation.task)
      try stoppable.arm(.slotRewritten)
      await withTaskGroup { group in
        for caller in callers {
          group.addTask {
            while stoppable.isArmed(.slotRewritten) {
              await caller.perform(.patch(ifMatch: nil), on: id, owner: "ada", patience: .firstAnswer)
            }
          }
        }
      }
      try await stoppable.death(at: .slotRewritten)
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  /// Who takes over the journal of a process that died between a write and its event dies as well.
  @Test(arguments: takeovers) func aJournalIsTakenOverInTheEnd(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start(replicas: "task-api=2")
    for round in 0..<Self.rounds {
      try await stoppable.fillSlots(round)
      try await stoppable.write(upTo: .transactionCommitted, point)
      try await stoppable.death(at: point)
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  @Test(arguments: indexing) func theIndexTakesEachRecordOnce(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start()
    for _ in 0..<Self.rounds {
      try await stoppable.write(upTo: point)
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  @Test(arguments: successions) func aCompletedOccurrenceHasOneSuccessor(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start()
    for _ in 0..<Self.rounds {
      try stoppable.arm(point)
      try await stoppable.completeSeries()
      try await stoppable.death(at: point)
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  @Test(arguments: reminders) func aReminderArrivesAndItsDoubleIsKnown(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start()
    for _ in 0..<Self.rounds {
      try stoppable.arm(point)
      let reminders = try await stoppable.remind()
      try await stoppable.death(at: point)
      try await reminders.expectEachArrivesOnce()
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }

  @Test(arguments: watermarks) func remindersGoOnWhereTheWatermarkStood(point: StopPoint) async throws {
    let stoppable = try await StoppableMesh.start()
    for _ in 0..<Self.rounds {
      let before = try await stoppable.remind()
      try await before.expectEachArrivesOnce()
      try stoppable.arm(point)
      let meanwhile = try await stoppable.remind()
      try stoppable.setWatermarksBack()
      try await stoppable.death(at: point)
      try await meanwhile.expectEachArrivesOnce()
      try await stoppable.expectPromisesKept()
    }
    await stoppable.discard()
  }
}
