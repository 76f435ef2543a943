import DaprClient
import Recurrence
import TaskModel
import TaskQuery
import Testing

@testable import TaskAPI

@Suite struct ChildrenQueryTests {
  private let index = FakeIndex()
  private var children: ChildrenQuery {
    ChildrenQuery(
      index: IndexClient(DaprClient(transport: index, apiToken: nil), executor: nil),
      now: { Instant(secondsSinceEpoch: 1_800_000_000) })
  }

  private let after: Consistency = {
    var version = TaskVersion()
    version.id = "p"
    version.version = 2
    var consistency = Consistency()
    consistency.tasks = [version]
    return consistency
  }()

  @Test func childrenAreReadPageByPageFromAnIndexThatHasComeToTheirParentsWrite() async throws {
    index.state.withLock {
      $0.pages = [[#"{"id":"a","parent":"p"}"#, #"{"id":"b","parent":"p"}"#], [#"{"id":"c","parent":"q"}"#]]
    }
    let found = try await children(of: ["p", "q"], owner: "ann", areDeleted: false, after: after)
    #expect(found.map(\.id) == ["a", "b", "c"] && found.map(\.parent) == ["p", "p", "q"])
    let queries = index.state.withLock { $0.queries.flatMap { $0 } }
    #expect(queries.map(\.cursor) == [nil, "next"])
    #expect(queries.allSatisfy { $0.after == after && $0.partition == OwnerPartition.of("ann") && $0.owner == "ann" })
    #expect(queries.allSatisfy { $0.filter == #"parent in ("p", "q")"# && $0.limit == 200 })
  }

  @Test func theTrashIsAskedForThoseThatAreToComeBack() async throws {
    index.state.withLock { $0.pages = [[]] }
    let id = "01950000-0000-7000-8000-000000000001"
    #expect(try await children(of: [id], owner: "ann", areDeleted: true, after: after).isEmpty)
    let filter = try #require(index.state.withLock { $0.queries.first?.first?.filter })
    #expect(filter == #"deleted and parent in ("\#(id)")"#)
    #expect(throws: Never.self) { try ListQuery(q: nil, filter: filter, sort: nil) }
  }

  @Test func ofManyParentsAFewAreAskedForAtATime() async throws {
    index.state.withLock { $0.pages = [[]] }
    _ = try await children(of: (0..<120).map { "\($0)" }, owner: "ann", areDeleted: false, after: after)
    #expect(index.state.withLock { $0.queries.count } == 3)
  }
}
