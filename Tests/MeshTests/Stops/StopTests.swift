import Daemon
import Testing

/// A daemon dies by a real SIGKILL at each step of what it does, and is started again: what callers were told still holds.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StopTests {
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
    let tested =
      Self.writes + Self.takeovers + Self.indexing + Self.successions + Self.reminders + Self.watermarks
    #expect(Set(tested + [.slotRewritten]) == Set(StopPoint.allCases))
  }

  @Test(arguments: writes) func aWriteIsKeptOrWasRefusedOrIsInDoubt(point: StopPoint) async throws {
    try await StoppableMesh.rounds { mesh in try await mesh.write(upTo: point) }
  }

  /// Two replicas that change one task leave each other in doubt about their transactions.
  @Test func aTransactionInDoubtIsSettledByWhoComesNext() async throws {
    try await StoppableMesh.rounds(replicas: "task-api=2") { mesh in
      try await mesh.changeOneTaskByTwoReplicas(upTo: .slotRewritten)
    }
  }

  /// Who takes over the journal of a process that died between a write and its event dies as well.
  @Test(arguments: takeovers) func aJournalIsTakenOverInTheEnd(point: StopPoint) async throws {
    try await StoppableMesh.rounds(replicas: "task-api=2") { mesh in
      try await mesh.fillSlots()
      try mesh.arm(.transactionCommitted)
      try mesh.arm(point)
      try await mesh.createOne()
      try await mesh.death(at: .transactionCommitted)
      try await mesh.death(at: point)
    }
  }

  @Test(arguments: indexing) func theIndexTakesEachRecordOnce(point: StopPoint) async throws {
    try await StoppableMesh.rounds { mesh in try await mesh.write(upTo: point) }
  }

  @Test(arguments: successions) func aCompletedOccurrenceHasOneSuccessor(point: StopPoint) async throws {
    try await StoppableMesh.rounds { mesh in
      try mesh.arm(point)
      try await mesh.completeSeries()
      try await mesh.death(at: point)
      // An owner's events are taken in their order: once these have successors, those before are not looked at again.
      try await mesh.completeSeries()
    }
  }

  @Test(arguments: reminders) func aReminderArrivesAndItsDoubleIsKnown(point: StopPoint) async throws {
    try await StoppableMesh.rounds { mesh in
      try mesh.arm(point)
      let reminders = try await mesh.remind()
      try await mesh.death(at: point)
      // When these have arrived, those before have been sent for the last time.
      try await mesh.remind().expectEachArrivesOnce()
      try await reminders.expectEachArrivesOnce()
    }
  }

  @Test(arguments: watermarks) func remindersGoOnWhereTheWatermarkStood(point: StopPoint) async throws {
    try await StoppableMesh.rounds { mesh in
      try await mesh.remind().expectEachArrivesOnce()
      try mesh.arm(point)
      let meanwhile = try await mesh.remind()
      try mesh.setWatermarksBack()
      try await mesh.death(at: point)
      try await mesh.remind().expectEachArrivesOnce()
      try await meanwhile.expectEachArrivesOnce()
    }
  }
}
