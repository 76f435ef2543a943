import Foundation
import HTTP2Transport
import JSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct TaskTests {
  @Test func aTaskIsMadeReadChangedDoneAndDeleted() async throws {
    let mesh = try await Mesh.start()
    let made = try await mesh.create([
      .init("title", .string("Pay rent")), .init("due", .string("2027-12-01T09:00:00")),
      .init("timeZone", .string("Europe/Berlin")), .init("tags", .array([.string("Home"), .string("home")])),
    ])
    #expect(made.status == 201)
    #expect(made["dueAt"] == .string("2027-12-01T08:00:00Z"))
    #expect(made["tags"] == .array([.string("Home")]))
    #expect(made.headers["etag"] == "\"1\"")
    let id = try #require(made["id"]?.string)
    #expect(made.headers["location"] == "/api/v1/tasks/\(id)")

    #expect(try await mesh.call(.get, "/tasks/\(id)").body == made.body)
    #expect(try await mesh.call(.get, "/tasks/\(id)", headers: ["if-none-match": "\"1\""]).status == 304)

    let stale = try await mesh.call(
      .patch, "/tasks/\(id)", .object([.init("title", .string("x"))]), headers: ["if-match": "\"7\""])
    #expect(stale.status == 412)
    let patched = try await mesh.call(
      .patch, "/tasks/\(id)", .object([.init("title", .string("Pay the rent")), .init("due", .null)]),
      headers: ["if-match": "\"1\""])
    #expect(patched.status == 200 && patched["version"] == .int(2))
    #expect(patched["due"] == .null && patched["dueAt"] == .null)

    let done = try await mesh.call(.post, "/tasks/\(id)/complete")
    #expect(done["status"] == .string("done") && done["completedAt"]?.string != nil)
    #expect(try await mesh.call(.post, "/tasks/\(id)/complete").body == done.body)

    #expect(try await mesh.call(.delete, "/tasks/\(id)").status == 204)
    #expect(try await mesh.call(.delete, "/tasks/\(id)").status == 404)
    #expect(try await mesh.call(.get, "/tasks/\(id)").status == 404)
    let restored = try await mesh.call(.post, "/tasks/\(id)/restore")
    #expect(restored.status == 200 && restored["deletedAt"] == .null && restored["version"] == .int(5))
    await mesh.discard()
  }

  @Test func nobodySeesAnothersTask() async throws {
    let mesh = try await Mesh.start()
    let id = try #require(try await mesh.create("Secret", owner: "ada")["id"]?.string)
    #expect(try await mesh.call(.get, "/tasks/\(id)", owner: "ada").status == 200)
    for (method, path) in [
      (HTTPMethod.get, "/tasks/\(id)"), (.delete, "/tasks/\(id)"), (.post, "/tasks/\(id)/complete"),
    ] {
      #expect(try await mesh.call(method, path, owner: "bob").status == 404)
      #expect(try await mesh.call(method, path).status == 404)
    }
    await mesh.discard()
  }

  @Test func aBadTokenIsRefusedAndALocalRequestNeedsNone() async throws {
    let mesh = try await Mesh.start()
    let expired = try mesh.token(for: "ada", expiresIn: -10)
    for header in ["Bearer nonsense", "Bearer \(expired)", "Basic YTpi"] {
      let answer = try await mesh.call(.get, "/tasks/x", headers: ["authorization": header])
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] == "Bearer")
    }
    let url = "http://127.0.0.1:\(8080 + mesh.portOffset)/api/v1/tasks"
    let post = "curl -s -o /dev/null -w '%{http_code}' -H 'content-type: application/json' -d '{\"title\":\"a\"}'"
    #expect(try shell("\(post) \(url)") == "201")
    #expect(try shell("\(post) -H 'host: evil.example' \(url)") == "401")
    #expect(try shell("\(post) -H 'origin: https://evil.example' \(url)") == "401")
    await mesh.discard()
  }

  @Test func aRepeatUnderOneKeyMakesNoSecondTask() async throws {
    let mesh = try await Mesh.start()
    let key: HTTPHeaders = ["idempotency-key": "k-1"]
    let body: [JSONValue.Member] = [.init("title", .string("Once"))]
    let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
      for _ in 0..<20 { group.addTask { try await mesh.create(body, headers: key) } }
      return try await group.reduce(into: [Answer]()) { $0.append($1) }
    }
    #expect(Set(answers.map(\.status)) == [201])
    #expect(Set(answers.compactMap { $0["id"]?.string }).count == 1)
    let other = try await mesh.create([.init("title", .string("Other"))], headers: key)
    #expect(other.status == 422)
    // Another owner's key is another key.
    let hers = try await mesh.create(body, owner: "ada", headers: key)
    #expect(hers.status == 201 && hers["id"] != answers[0]["id"])
    await mesh.discard()
  }

  @Test func ofManyWritersAtOnceEachChangeIsKept() async throws {
    let mesh = try await Mesh.start()
    let id = try #require(try await mesh.create("Counted")["id"]?.string)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<6 {
        group.addTask {
          try await mesh.call(
            .patch, "/tasks/\(id)", .object([.init("notes", .string("change \(number)"))])
          ).status
        }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    let stored = statuses.filter { $0 == 200 }.count
    #expect(stored >= 1)
    #expect(try await mesh.call(.get, "/tasks/\(id)")["version"] == .int(1 + stored))
    await mesh.discard()
  }

  @Test func badInputGetsItsProblem() async throws {
    let mesh = try await Mesh.start()
    let tag = String(repeating: "a", count: 65)
    let cases: [(body: String, status: Int, pointer: String)] = [
      (#"{"title":"#, 400, ""), (#"{"title":"a","title":"b"}"#, 400, "/title"),
      (#"{"title":"a","color":1}"#, 422, "/color"),
      (#"{"title":"a","tags":["\#(tag)"]}"#, 422, "/tags/0"), (#"{"title":"a","due":"2027-02-31"}"#, 422, "/due"),
      (#"{"title":"a","timeZone":"Mars/Base"}"#, 422, "/timeZone"), (#"{}"#, 422, "/title"),
      (#"{"title":"a","version":7}"#, 422, "/version"),
      (#"{"title":"a","recurrence":{"rule":"FREQ=DAILY"}}"#, 422, "/due"),
      (#"{"title":"a","due":"2027-01-01","recurrence":{"rule":"FREQ=SOMETIMES"}}"#, 422, "/recurrence/rule"),
    ]
    for (body, status, pointer) in cases {
      var request = HTTPRequest(.post, "/api/v1/tasks", headers: ["content-type": "application/json"])
      request.body = Array(body.utf8)
      let response = try await mesh.api.send(request, deadline: .seconds(5))
      #expect(response.status == status, "\(body)")
      #expect(response.headers["content-type"] == "application/problem+json")
      let problem = try JSONValue(parsing: response.body)
      let pointers = problem["errors"]?.elements?.compactMap { $0["pointer"]?.string } ?? []
      #expect(pointer.isEmpty ? !pointers.isEmpty : pointers.contains(pointer), "\(body): \(pointers)")
    }
    let large = HTTPRequest(
      .post, "/api/v1/tasks", headers: ["content-type": "application/json"],
      body: [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20))
    #expect(try await mesh.api.send(large, deadline: .seconds(5)).status == 413)
    let untyped = HTTPRequest(.post, "/api/v1/tasks", body: Array("title=a".utf8))
    #expect(try await mesh.api.send(untyped, deadline: .seconds(5)).status == 415)
    await mesh.discard()
  }

  @Test func tenThousandBadRequestsLeaveNoTraceInMemory() async throws {
    let mesh = try await Mesh.start()
    let process = try shell("pgrep -f 'task-api' -P \(mesh.supervisor)").trimmingCharacters(in: .whitespacesAndNewlines)
    func resident() throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
      return try #require(Int(line.split(separator: " ")[1]))
    }
    func badRequests(_ count: Int) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 {
          group.addTask {
            for number in 0..<count / 50 {
              let body = number % 2 == 0 ? #"{"title":"# : #"{"title":"a","due":"2027-02-31","x":[1,2,{"y":"z"}]}"#
              let request = HTTPRequest(
                .post, "/api/v1/tasks", headers: ["content-type": "application/json"], body: Array(body.utf8))
              let status = try await mesh.api.send(request, deadline: .seconds(20)).status
              #expect(status == 400 || status == 422)
            }
          }
        }
        try await group.waitForAll()
      }
    }
    try await badRequests(10_000)
    let before = try resident()
    try await badRequests(10_000)
    #expect(try resident() - before < 4096, "KiB more than after the first ten thousand")
    await mesh.discard()
  }
}
