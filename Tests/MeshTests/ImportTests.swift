import Foundation
import HTTP2Transport
import JSON
import Testing

/// The files of `ops/demo` in a whole mesh.
@Suite(.timeLimit(.minutes(5))) struct ImportTests {
  private func importing(_ mesh: Mesh, _ file: String, _ type: String) async throws -> Answer {
    let url = URL(fileURLWithPath: Mesh.root + "/ops/demo.d/" + file)
    let body = try [UInt8](Data(contentsOf: url))
    let response = try await mesh.api.send(
      HTTPRequest(.post, "/api/v1/import", headers: ["content-type": type], body: body), deadline: .seconds(60))
    return Answer(
      status: response.status, headers: response.headers, body: try JSONValue(parsing: response.body))
  }

  /// The tasks as the topic has them, the last state of each.
  private func tasks(_ mesh: Mesh) throws -> [String: JSONValue] {
    let address = "127.0.0.1:\(9092 + mesh.portOffset)"
    var tasks: [String: JSONValue] = [:]
    for line in try shell("timeout 20 kcat -b \(address) -C -q -t task-events -o beginning -e").split(separator: "\n") {
      let data = try JSONValue(parsing: Array(line.utf8))["data"]
      if let data, let id = data["id"]?.string { tasks[id] = data }
    }
    return tasks
  }

  @Test func theFilesOfTheDemoComeInButForTheLinesThatAreWrong() async throws {
    let mesh = try await Mesh.start()
    let todo = try await importing(mesh, "todo.txt", "text/plain")
    #expect(todo.status == 200 && todo["imported"] == 119)
    #expect(todo["rejected"]?.elements?.compactMap { $0["line"]?.int } == [119, 120])
    #expect(todo["rejected"]?.elements?.allSatisfy { $0["detail"]?.string?.contains("is no date") == true } == true)
    #expect(!todo.token.isEmpty)

    let calendar = try await importing(mesh, "tasks.ics", "text/calendar")
    #expect(calendar.status == 200 && calendar["imported"] == 81)
    let details = calendar["rejected"]?.elements?.compactMap { $0["detail"]?.string }
    #expect(
      details == [
        "The VTODO is STATUS:CANCELLED.", "DUE `20270231` is no date or time.", "A VEVENT is no task.",
      ])

    let first = try tasks(mesh)
    #expect(first.count == 200)
    func task(_ title: String) throws -> JSONValue { try #require(first.values.first { $0["title"]?.string == title }) }
    let rent = try task("Transfer the rent")
    #expect(rent["priority"] == "high" && rent["tags"] == ["bills", "desk"] && rent["due"] == "2026-12-01")
    #expect(rent["createdAt"] == "2026-11-08T00:00:00Z" && rent["list"] == "inbox")
    let books = try task("Return the library books")
    #expect(books["status"] == "done" && books["completedAt"] == "2026-11-05T00:00:00Z")
    let stand = try task("Stand-up notes")
    #expect(stand["timeZone"] == "America/New_York" && stand["dueAt"] == "2026-11-30T14:15:00Z")
    #expect(stand["list"] == "Work" && stand["recurrence"]?["rule"] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    #expect(stand["reminders"]?[0]?["before"] == "PT5M")
    let tomatoes = try task("Harden the seedlings off")
    #expect(tomatoes["timeZone"] == "Europe/Berlin" && tomatoes["due"] == "2027-04-25T18:00:00")
    #expect(try task("Book the flights")["parent"] == task("Trip to Lisbon")["id"])
    let tablet = try task("Give the cat her tablet at the neighbours'")
    #expect(tablet["occurrence"] == "2026-12-01T08:00:00" && tablet["due"] == "2026-12-01T17:30:00")
    let series = first.values.filter { $0["title"] == "Give the cat her tablet" }
    #expect(Set(series.compactMap { $0["status"]?.string }) == ["open", "done"] && series.count == 2)
    let open = try #require(series.first { $0["status"] == "open" })
    #expect(open["due"] == "2026-11-21T08:00:00" && open["recurrence"]?["rule"] == "FREQ=DAILY;COUNT=19")
    #expect(tablet["seriesId"] == open["id"])

    let again = try await importing(mesh, "tasks.ics", "text/calendar")
    #expect(again["imported"] == 81)
    let second = try tasks(mesh)
    #expect(second.count == 200)
    #expect(second.values.allSatisfy { $0["version"] == 1 }, "the same file changes nothing")
    await mesh.discard()
  }

  @Test func theDemoGoesToItsEndAndSaysWhenNoMeshRuns() async throws {
    let mesh = try await Mesh.start()
    let demo =
      "timeout 60 \(Mesh.root)/ops/demo --port-offset \(mesh.portOffset) --data \(mesh.data) 2>&1; echo exit $?"
    let output = try shell(demo)
    for line in [
      "119 imported, 2 rejected", "81 imported, 3 rejected", "Trip to Lisbon", "Sow tomatoes on the window sill",
      "Weekly report to Dana", "inbox 104+15", "2027-01-01           Pay the rent",
      "event: reminder", "Take the bread out of the oven", "exit 0",
    ] { #expect(output.contains(line), "\(line) is not in \(output)") }
    await mesh.discard()
    let without = try shell(demo)
    #expect(without.contains("Start one with ops/up") && without.contains("exit 69"))
  }
}
