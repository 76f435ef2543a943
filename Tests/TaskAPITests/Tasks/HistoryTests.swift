import HTTP2Transport
import JSON
import Testing

@testable import TaskAPI

@Suite struct HistoryTests {
  @Test func aHistoryTellsWhoChangedWhatBothWaysTheNewestFirst() async throws {
    let api = try await APIHarness()
    let id = try await api.create(["title": "Water the plants", "list": "garden"])
    _ = try await api.call(.patch, "/tasks/\(id)", ["title": "Water them", "priority": "high"])
    _ = try await api.call(.post, "/tasks/\(id)/complete")
    let answer = try await api.call(.get, "/tasks/\(id)/history")
    #expect(answer.status == 200 && answer["nextCursor"] == .null)
    let items = try #require(answer["items"]?.elements)
    #expect(items.map { $0["version"]?.int } == [3, 2, 1])
    #expect(items.allSatisfy { $0["by"] == "ann" && $0["at"]?.string?.hasSuffix("Z") == true })
    #expect(
      items[1]["changes"] == [
        ["field": "title", "from": "Water the plants", "to": "Water them"],
        ["field": "priority", "from": nil, "to": "high"],
      ])
    #expect(items[0]["changes"]?[0] == ["field": "status", "from": "open", "to": "done"])
    let first = try #require(items[2]["changes"]?.elements)
    #expect(first.contains(["field": "list", "from": nil, "to": "garden"]))
    // What the task was made without is no change.
    #expect(!first.contains { $0["to"] == .null || $0["to"] == [] })
    await api.journal.kill()
  }

  @Test func aWalkOverTheHistoryMeetsEachVersionOnceAndEndsWithTheOldestThatIsKept() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    for version in 2...205 { _ = try await api.call(.patch, "/tasks/\(id)", ["title": .string("Title \(version)")]) }
    var versions: [Int] = []
    var cursor: String?
    var pages = 0
    repeat {
      let query = cursor.map { "&cursor=\($0)" } ?? ""
      let page = try await api.call(.get, "/tasks/\(id)/history?limit=60\(query)")
      versions += try #require(page["items"]?.elements).compactMap { $0["version"]?.int }
      cursor = page["nextCursor"]?.string
      pages += 1
    } while cursor != nil && pages < 10
    #expect(versions == Array((6...205).reversed()) && pages == 4)
    await api.journal.kill()
  }

  @Test func nobodySeesTheHistoryOfWhatIsNotTheirs() async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    #expect(try await api.call(.get, "/tasks/\(id)/history", owner: "bob").status == 404)
    #expect(try await api.call(.get, "/tasks/none/history").status == 404)
    _ = try await api.call(.delete, "/tasks/\(id)")
    #expect(try await api.call(.get, "/tasks/\(id)/history").status == 404)
    await api.journal.kill()
  }

  @Test(arguments: [
    ("limit=0", "?limit"), ("limit=201", "?limit"), ("limit=x", "?limit"), ("cursor=x", "?cursor"),
    ("cursor=djE", "?cursor"),
  ])
  func badParametersAreRefused(_ query: String, _ pointer: String) async throws {
    let api = try await APIHarness()
    let id = try await api.create()
    let answer = try await api.call(.get, "/tasks/\(id)/history?\(query)")
    #expect(answer.status == 400 && answer["errors"]?[0]?["pointer"] == .string(pointer))
    await api.journal.kill()
  }
}
