import HTTP2Transport
import JSON
import TaskModel
import Testing

@testable import TaskAPI

@Suite struct SubtaskTests {
  private func create(_ api: APIHarness, _ title: String, in parent: String?) async throws -> String {
    try await api.create(["title": .string(title), "parent": parent.map { .string($0) } ?? .null])
  }

  private func isThere(_ api: APIHarness, _ id: String) async throws -> Bool {
    try await api.call(.get, "/tasks/\(id)").status == 200
  }

  @Test func whatLiesBelowADeletedTaskGoesWithItAndComesBackWithIt() async throws {
    let api = try await APIHarness()
    let parent = try await create(api, "Move house", in: nil)
    let child = try await create(api, "Pack", in: parent)
    let grandchild = try await create(api, "Buy boxes", in: child)
    let alone = try await create(api, "Tidy up", in: parent)
    let other = try await create(api, "Something else", in: nil)
    #expect(try await api.call(.delete, "/tasks/\(alone)").status == 204)

    #expect(try await api.call(.delete, "/tasks/\(parent)").status == 204)
    for id in [parent, child, grandchild] { #expect(try await !isThere(api, id)) }
    #expect(try await isThere(api, other))
    let deletions = try api.events.filter { $0.task.deletedAt != nil }
    #expect(Set(deletions.map(\.task.id)) == [alone, parent, child, grandchild])
    #expect(Set(deletions.filter { $0.task.id != alone }.map(\.task.deletedAt)).count == 1)

    #expect(try await api.call(.post, "/tasks/\(parent)/restore").status == 200)
    for id in [parent, child, grandchild] { #expect(try await isThere(api, id)) }
    // It was deleted by itself.
    #expect(try await !isThere(api, alone))
    await api.journal.kill()
  }

  @Test func theIndexIsAskedForWhatIncludesTheDeletion() async throws {
    let api = try await APIHarness()
    let parent = try await create(api, "Move house", in: nil)
    _ = try await create(api, "Pack", in: parent)
    _ = try await api.call(.delete, "/tasks/\(parent)")
    let first = try #require(api.index.state.withLock { $0.questions.first })
    #expect(first.parents == [parent])
    #expect(first.after.tasks.map(\.id) == [parent] && first.after.tasks.map(\.version) == [2])
    await api.journal.kill()
  }

  @Test func theTokenOfADeletionCoversTheChildren() async throws {
    let api = try await APIHarness()
    let parent = try await create(api, "Move house", in: nil)
    var children: Set<String> = []
    for number in 0..<3 { children.insert(try await create(api, "Step \(number)", in: parent)) }
    let answer = try await api.call(.delete, "/tasks/\(parent)")
    let token = try ConsistencyToken(try #require(answer.headers["consistency-token"]), owner: "ann")
    #expect(Set(token.consistency.tasks.map(\.id)) == children.union([parent]))
    for number in 0..<20 { _ = try await create(api, "More \(number)", in: parent) }
    _ = try await api.call(.post, "/tasks/\(parent)/restore")
    let many = try await api.call(.delete, "/tasks/\(parent)")
    let marker = try ConsistencyToken(try #require(many.headers["consistency-token"]), owner: "ann")
    #expect(!marker.consistency.marker.isEmpty)
    await api.journal.kill()
  }

  @Test func withoutTheIndexTheTaskGoesAlone() async throws {
    let api = try await APIHarness()
    let parent = try await create(api, "Move house", in: nil)
    let child = try await create(api, "Pack", in: parent)
    api.index.state.withLock { $0.isAway = true }
    #expect(try await api.call(.delete, "/tasks/\(parent)").status == 204)
    #expect(try await isThere(api, child))
    await api.journal.kill()
  }

  @Test func deletionsOfABatchTakeTheirChildrenAlong() async throws {
    let api = try await APIHarness()
    let first = try await create(api, "Move house", in: nil)
    let second = try await create(api, "Learn Swift", in: nil)
    let children = [try await create(api, "Pack", in: first), try await create(api, "Read", in: second)]
    let answer = try await api.call(
      .post, "/tasks/batch",
      ["operations": [["op": "delete", "id": .string(first)], ["op": "delete", "id": .string(second)]]])
    #expect(answer.status == 200)
    for child in children { #expect(try await !isThere(api, child)) }
    await api.journal.kill()
  }

  @Test func aParentThatIsBackByThenKeepsItsChildren() async throws {
    let api = try await APIHarness()
    let parent = try await create(api, "Move house", in: nil)
    let child = try await create(api, "Pack", in: parent)
    let headers: HTTPHeaders = ["idempotency-key": "k"]
    _ = try await api.call(.delete, "/tasks/\(parent)", headers: headers)
    _ = try await api.call(.post, "/tasks/\(parent)/restore")
    #expect(try await isThere(api, child))
    // The first answer once more: nothing is deleted by it.
    #expect(try await api.call(.delete, "/tasks/\(parent)", headers: headers).status == 204)
    for id in [parent, child] { #expect(try await isThere(api, id)) }
    await api.journal.kill()
  }
}
