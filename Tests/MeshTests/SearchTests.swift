import Foundation
import HTTP2Transport
import JSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct SearchTests {
  /// A list's query, escaped.
  static func path(_ parameters: [(String, String)]) -> String {
    "/tasks?"
      + parameters.map { name, value in
        name + "=" + (value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
      }.joined(separator: "&")
  }

  @Test func whatWasCreatedIsFoundWithItsToken() async throws {
    let mesh = try await Mesh.start()
    let misses = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<10 {
        group.addTask {
          var misses = 0
          for number in 0..<100 {
            let word = "w\(worker)n\(number)"
            let made = try await mesh.create("Find \(word) again")
            let found = try await mesh.call(.get, Self.path([("q", word), ("after", made.token)]))
            if found["items"]?.elements?.first?["id"] != made["id"] || found["total"] != .int(1) { misses += 1 }
          }
          return misses
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(misses == 0)
    await mesh.discard()
  }

  @Test func threeTasksWithOneTitleAreThreeAndAnotherOwnerSeesNone() async throws {
    let mesh = try await Mesh.start()
    var last = ""
    for _ in 0..<3 { last = try await mesh.create("Water the plants", owner: "ada").token }
    let hers = try await mesh.call(.get, Self.path([("q", "plants"), ("after", last)]), owner: "ada")
    #expect(hers["total"] == .int(3) && hers["items"]?.elements?.count == 3)
    let his = try await mesh.call(.get, Self.path([("q", "plants")]), owner: "bob")
    #expect(his.status == 200 && his["total"] == .int(0) && his["items"] == .array([]))
    let stolen = try await mesh.call(.get, Self.path([("after", last)]), owner: "bob")
    #expect(stolen.status == 400)
    await mesh.discard()
  }

  @Test func changesAndDeletionsShowInListsTagsAndLists() async throws {
    let mesh = try await Mesh.start()
    let made = try await mesh.create([
      .init("title", .string("Pay rent")), .init("tags", .array([.string("Bills")])), .init("list", .string("home")),
      .init("priority", .string("high")), .init("due", .string("2027-05-15T15:00:00")),
    ])
    _ = try await mesh.create("Something else")
    let id = try #require(made["id"]?.string)
    let listed = try await mesh.call(
      .get,
      Self.path([
        ("filter", "status = open and priority >= medium and tag in (bills, x) and due <= 2027-05-15"),
        ("sort", "-due"),
        ("after", made.token),
      ]))
    #expect(listed["items"]?.elements == [made.body])
    let done = try await mesh.call(.post, "/tasks/\(id)/complete")
    let tags = try await mesh.call(.get, "/tags?after=\(done.token)")
    #expect(tags["items"]?[0]?["name"] == .string("Bills") && tags["items"]?[0]?["done"] == .int(1))
    let deleted = try await mesh.call(.delete, "/tasks/\(id)")
    let lists = try await mesh.call(.get, "/lists?after=\(deleted.token)")
    #expect(lists["items"]?.elements?.map { $0["name"] } == [.string("inbox")])
    #expect(try await mesh.call(.get, Self.path([("filter", "deleted")]))["items"]?[0]?["id"] == .string(id))
    let restored = try await mesh.call(.post, "/tasks/\(id)/restore")
    let again = try await mesh.call(.get, Self.path([("q", "rent"), ("after", restored.token)]))
    #expect(again["items"]?.elements == [restored.body])
    await mesh.discard()
  }

  @Test func badQueriesSayWhereAndWhy() async throws {
    let mesh = try await Mesh.start()
    for (parameters, pointer) in [
      ([("filter", "status = open and priorty = high")], "?filter@18"), ([("sort", "du")], "?sort@0"),
      ([("limit", "201")], "?limit"), ([("cursor", "x")], "?cursor@0"), ([("after", "x")], "?after"),
    ] {
      let answer = try await mesh.call(.get, Self.path(parameters))
      #expect(answer.status == 400)
      #expect(answer["errors"]?[0]?["pointer"] == .string(pointer))
    }
    await mesh.discard()
  }

  @Test func twentyThousandTasksSurviveALostIndexDisk() async throws {
    let mesh = try await Mesh.start()
    let token = try await Self.fill(mesh, batches: 40)
    let before = try await Self.walk(mesh, after: token)
    #expect(before.count == 20_000)
    _ = try shell("rm -r \(mesh.data)/search-indexer && pkill -9 -P \(mesh.supervisor) -f search-indexer")
    let killed = ContinuousClock.now
    var total: JSONValue?
    // Until the index has been read again, a list is refused, never short.
    while total == nil {
      try #require(killed.duration(to: .now) < .seconds(60))
      let answer = try await mesh.call(.get, Self.path([("limit", "1"), ("after", token)]))
      if answer.status == 200 { total = answer["total"] }
      try #require(answer.status == 200 || answer.status == 503)
    }
    #expect(total == .int(20_000))
    #expect(try await Self.walk(mesh, after: token) == before)
    await mesh.discard()
  }

  /// Creates 500 tasks a batch; returns the last token.
  private static func fill(_ mesh: Mesh, batches: Int) async throws -> String {
    var token = ""
    for batch in 0..<batches {
      let operations = (0..<500).map { number -> JSONValue in
        .object([
          .init("op", .string("create")),
          .init("task", .object([.init("title", .string("Task \(batch * 500 + number)"))])),
        ])
      }
      let answer = try await mesh.call(.post, "/tasks/batch", .object([.init("operations", .array(operations))]))
      try #require(answer.status == 200)
      #expect(answer["results"]?.elements?.allSatisfy { $0["status"] == .int(201) } == true)
      token = answer.token
    }
    return token
  }

  /// The ids of all tasks, page by page.
  private static func walk(_ mesh: Mesh, after token: String) async throws -> Set<String> {
    var ids: Set<String> = []
    var cursor: String?
    repeat {
      let answer = try await mesh.call(
        .get, path([("limit", "200"), ("after", token)] + (cursor.map { [("cursor", $0)] } ?? [])))
      try #require(answer.status == 200)
      for item in answer["items"]?.elements ?? [] {
        let isNew = ids.insert(item["id"]?.string ?? "").inserted
        #expect(isNew)
      }
      cursor = answer["nextCursor"]?.string
    } while cursor != nil
    return ids
  }
}
