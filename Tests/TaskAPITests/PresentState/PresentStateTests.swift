import HTTP2Transport
import JSON
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct PresentStateTests {
  @Test func aTaskIsPublishedAsItStandsHoweverOldWhatTheCallerKnows() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    _ = try await mesh.api.call(.patch, "/tasks/\(id)", ["priority": "high"])
    let first = mesh.api.journal.topic.state.withLock { $0.events }
    #expect(try await mesh.ask(mesh.known(id, version: 1)) == [id: .published])
    #expect(try await mesh.ask(mesh.known(id, version: 2)) == [id: .published])
    let again = mesh.api.journal.topic.state.withLock { $0.events }.dropFirst(first.count)
    #expect(Array(again) == [first[1], first[1]], "equal octet for octet to the event of the write")
    #expect(mesh.tombstones.keys.isEmpty)
    await mesh.api.journal.kill()
  }

  @Test func ofATaskThatIsGoneTheTombstoneIsPublishedAndItsHistoryGoesToo() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create(owner: "bob")
    _ = try await mesh.api.call(.patch, "/tasks/\(id)", ["priority": "high"], owner: "bob")
    mesh.api.journal.store.state.withLock { $0.values[TaskKeys.task(id)] = nil }
    for _ in 0..<2 { #expect(try await mesh.ask(mesh.known(id, version: 2, owner: "bob")) == [id: .gone]) }
    let tombstones = mesh.tombstones.state.withLock { $0.all }
    #expect(tombstones.map(\.body) == [Array("null".utf8), Array("null".utf8)])
    #expect(tombstones.allSatisfy { $0.partitionKey == id && $0.partition == OwnerPartition.of("bob") })
    #expect(mesh.keys(of: id).isEmpty)
    await mesh.api.journal.kill()
  }

  @Test func whatTheStoreHasLostIsSaidAndNothingIsPublished() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    #expect(try await mesh.ask(mesh.known(id, version: 5)) == [id: .older])
    #expect(try mesh.api.events.count == 1)
    await mesh.api.journal.kill()
  }

  @Test func withoutTheStoreOrTheTopicNothingIsBuried() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    mesh.api.journal.store.state.withLock { $0.isDown = true }
    #expect(try await mesh.ask(mesh.known(id, version: 1), mesh.known("t", version: 1)) == [id: .failed, "t": .failed])
    mesh.api.journal.store.state.withLock { $0.isDown = false }
    mesh.api.journal.topic.state.withLock { $0.failures = 1 }
    #expect(try await mesh.ask(mesh.known(id, version: 1)) == [id: .failed])
    mesh.tombstones.state.withLock { $0.failures = 1 }
    #expect(try await mesh.ask(mesh.known("t", version: 1)) == ["t": .failed])
    #expect(mesh.tombstones.keys.isEmpty)
    await mesh.api.journal.kill()
  }

  @Test func aTaskThatCannotBeReadSpoilsNoOtherAndIsNotTakenForGone() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    mesh.api.journal.store.put(TaskKeys.task("broken"), Array("{}".utf8))
    let found = try await mesh.ask(mesh.known("broken", version: 1), mesh.known(id, version: 1))
    #expect(found == ["broken": .failed, id: .published])
    #expect(mesh.tombstones.keys.isEmpty)
    await mesh.api.journal.kill()
  }

  /// Read, overtaken by a write, published: the topic would end with the old state.
  @Test func aWriteOfTheSameTaskIsNotOvertaken() async throws {
    let mesh = try await PresentStateHarness()
    let id = try await mesh.api.create()
    let store = mesh.api.journal.store
    store.state.withLock { $0.isGated = true }
    let writing = Task { try await mesh.api.call(.patch, "/tasks/\(id)", ["priority": "high"]) }
    try await until("the write is under way") { store.state.withLock { !$0.gate.isEmpty } }
    let asking = Task { try await mesh.ask(mesh.known(id, version: 1)) }
    for _ in 0..<1_000 { await Task.yield() }
    store.openGate()
    #expect(try await writing.value.status == 200)
    #expect(try await asking.value == [id: .published])
    #expect(try mesh.api.events.map(\.task.version) == [1, 2, 2])
    await mesh.api.journal.kill()
  }

  @Test func manyAreAnsweredInOneCallAndMoreThanTwoHundredRefused() async throws {
    let mesh = try await PresentStateHarness()
    var request = PresentStateRequest()
    request.tasks = (0..<200).map { mesh.known("gone-\($0)", version: 1) }
    #expect(try await mesh.send(request.protobuf).status == 200)
    #expect(Set(mesh.tombstones.keys).count == 200)
    request.tasks.append(mesh.known("one-more", version: 1))
    #expect(try await mesh.send(request.protobuf).status == 400)
    request.tasks = [mesh.known("twice", version: 1), mesh.known("twice", version: 1)]
    #expect(try await mesh.send(request.protobuf).status == 400)
    #expect(try await mesh.send([0xFF]).status == 400)
    await mesh.api.journal.kill()
  }

  @Test func aChildThatWasLeftBehindFollowsItsParentAndComesBackWithIt() async throws {
    let mesh = try await PresentStateHarness()
    let api = mesh.api
    let parent = try await api.create(["title": "Move house"])
    let child = try await api.create(["title": "Pack", "parent": .string(parent)])
    let grandchild = try await api.create(["title": "Buy boxes", "parent": .string(child)])
    api.index.state.withLock { $0.isAway = true }
    #expect(try await api.call(.delete, "/tasks/\(parent)").status == 204)
    api.index.state.withLock { $0.isAway = false }
    #expect(try await mesh.ask(mesh.known(child, version: 1)) == [child: .published])
    for id in [child, grandchild] { #expect(try await api.call(.get, "/tasks/\(id)").status == 404) }
    #expect(Set(try api.events.compactMap(\.task.deletedAt)).count == 1)
    #expect(try await api.call(.post, "/tasks/\(parent)/restore").status == 200)
    for id in [child, grandchild] { #expect(try await api.call(.get, "/tasks/\(id)").status == 200) }
    await api.journal.kill()
  }

  @Test func aChildThatWasTakenOutOfTheTrashByItselfStays() async throws {
    let mesh = try await PresentStateHarness()
    let api = mesh.api
    let parent = try await api.create(["title": "Move house"])
    let child = try await api.create(["title": "Pack", "parent": .string(parent)])
    _ = try await api.call(.delete, "/tasks/\(parent)")
    #expect(try await api.call(.post, "/tasks/\(child)/restore").status == 200)
    #expect(try await mesh.ask(mesh.known(child, version: 3)) == [child: .published])
    #expect(try await api.call(.get, "/tasks/\(child)").status == 200)
    await api.journal.kill()
  }
}
