import TaskModel
import Testing

@testable import TaskAPI

@Suite struct PurgeTests {
  @Test func whatHasBeenInTheTrashForThirtyDaysGoesForGood() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 30)
    #expect(mesh.keys(of: id).count == 3)
    #expect(try await mesh.ask(mesh.known(id, version: 2, purge: true)) == [id: .gone])
    #expect(mesh.keys(of: id).isEmpty)
    #expect(mesh.tombstones.keys == [id])
    #expect(try await mesh.api.call(.post, "/tasks/\(id)/restore").status == 404)
    await mesh.api.journal.kill()
  }

  /// A clock of the index that runs a month ahead would empty everyone's trash.
  @Test func whatHasNotByThisClockStays() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 29)
    #expect(try await mesh.ask(mesh.known(id, version: 2, purge: true)) == [id: .published])
    #expect(try await mesh.api.call(.post, "/tasks/\(id)/restore").status == 200)
    await mesh.api.journal.kill()
  }

  @Test func whatWasRestoredOrDeletedAnewStaysAndIsPublished() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 31)
    _ = try await mesh.api.call(.post, "/tasks/\(id)/restore")
    let purge = mesh.known(id, version: 2, purge: true)
    #expect(try await mesh.ask(purge) == [id: .published])
    #expect(try mesh.api.events.last?.task.version == 3)
    _ = try await mesh.api.call(.delete, "/tasks/\(id)")
    mesh.api.clock.pass(days: 31)
    #expect(try await mesh.ask(purge) == [id: .published])
    #expect(try mesh.api.events.last?.task.version == 4)
    #expect(mesh.tombstones.keys.isEmpty && mesh.keys(of: id).count == 5)
    await mesh.api.journal.kill()
  }

  @Test func theHistoryThatIsKeptGoesWithItAtWhateverVersion() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    for number in 0..<250 { _ = try await mesh.api.call(.patch, "/tasks/\(id)", ["title": .string("\(number)")]) }
    _ = try await mesh.api.call(.delete, "/tasks/\(id)")
    mesh.api.clock.pass(days: 30)
    #expect(mesh.keys(of: id).count == 1 + TaskStore.keptVersions)
    #expect(try await mesh.ask(mesh.known(id, version: 252, purge: true)) == [id: .gone])
    #expect(mesh.keys(of: id).isEmpty)
    await mesh.api.journal.kill()
  }

  @Test(arguments: [FakeStore.Fault.failed, .answerLost, .hangs, .refused, .notSent])
  func aPurgeThatWasCutIsDoneByItsRepeat(_ fault: FakeStore.Fault) async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 30)
    let purge = mesh.known(id, version: 2, purge: true)
    mesh.api.journal.store.state.withLock { $0.transactionFaults = [fault] }
    #expect(try await mesh.ask(purge) == [id: .failed])
    #expect(mesh.tombstones.keys.isEmpty, "nobody knows yet whether it is gone")
    #expect(try await mesh.ask(purge) == [id: .gone])
    _ = mesh.api.journal.store.land()
    #expect(mesh.keys(of: id).isEmpty && mesh.tombstones.keys == [id])
    await mesh.api.journal.kill()
  }

  @Test func aPurgeWhoseTombstoneWasNotPublishedIsDoneByItsRepeat() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 30)
    let purge = mesh.known(id, version: 2, purge: true)
    mesh.tombstones.state.withLock { $0.failures = 1 }
    #expect(try await mesh.ask(purge) == [id: .failed])
    #expect(try await mesh.ask(purge) == [id: .gone])
    #expect(mesh.tombstones.keys == [id])
    await mesh.api.journal.kill()
  }

  /// The purge hangs in the store, its owner takes the task out of the trash, the purge lands.
  @Test func aPurgeThatLandsAfterARestoreTakesNothing() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.trashed(days: 30)
    mesh.api.journal.store.state.withLock { $0.transactionFaults = [.hangs] }
    #expect(try await mesh.ask(mesh.known(id, version: 2, purge: true)) == [id: .failed])
    #expect(try await mesh.api.call(.post, "/tasks/\(id)/restore").status == 200)
    #expect(mesh.api.journal.store.land() == 0)
    #expect(try await mesh.api.call(.get, "/tasks/\(id)").status == 200)
    #expect(mesh.keys(of: id).count == 4)
    await mesh.api.journal.kill()
  }
}
