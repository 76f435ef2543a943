import JSON
import Recurrence
import TaskModel
import Testing

@Suite("Events of tasks")
struct TaskEventTests {
  @Test("an event is a CloudEvent with the whole task, its owner and the change")
  func event() throws {
    let stored = StoredTask(
      task: try fullTask(), lastChange: ["tags"], next: .init(id: "n", version: 1), isWithdrawn: true)
    let json = try JSONValue(parsing: stored.event.json)
    #expect(json["specversion"] == "1.0")
    #expect(json["id"] == "0195c2f1-7c3e-7a10-8f3e-0123456789ab:7")
    #expect(json["source"] == "task-api")
    #expect(json["type"] == "task.changed")
    #expect(json["time"] == "2027-03-14T08:30:00.25Z")
    #expect(json["datacontenttype"] == "application/json")
    var data = try #require(json["data"])
    #expect(data["owner"] == "anna")
    #expect(data["change"] == ["tags"])
    #expect(data["next"] == nil && data["withdrawn"] == nil)
    data["owner"] = nil
    data["change"] = nil
    #expect(data.bytes == stored.task.json)
  }

  @Test("an event is read back, also as daprd hands it on: sorted, with more attributes, numbers as floats")
  func reading() throws {
    let event = TaskEvent(task: try fullTask(), change: ["title", "tags"])
    #expect(try TaskTopicRecord(json: event.json.span) == .task(event))
    var value = try JSONValue(parsing: event.json)
    value["traceid"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    value["topic"] = "task-events"
    value["data"]?["version"] = 7.0
    let sorted = try #require(value.members).sorted { $0.name < $1.name }
    #expect(try TaskTopicRecord(json: JSONValue.object(sorted).bytes.span) == .task(event))
  }

  @Test("markers and strangers are told apart, and what is no event is an error")
  func others() throws {
    let marker = MarkerEvent(marker: "9f8c6b1e-0000-4000-8000-000000000000")
    #expect(try TaskTopicRecord(json: marker.json.span) == .marker(marker))
    #expect(try TaskTopicRecord(json: Array(#"{"type":"x.y","data":[1]}"#.utf8).span) == .other(type: "x.y"))
    for text in ["null", "[]", "{", #"{"type":"task.changed"}"#, #"{"type":"task.changed","data":{}}"#, #"{"type":1}"#]
    {
      let bytes = Array(text.utf8)
      #expect(throws: JSONError.self, "\(text)") { try TaskTopicRecord(json: bytes.span) }
    }
  }

  @Test("the size counts what Go escapes")
  func size() {
    func size(_ text: String) -> Int { TaskEvent.size(afterDapr: Array(text.utf8)) }
    #expect(size("\"abc\"") == 5)
    #expect(size("\"<>&\"") == 2 + 18)
    #expect(size("\"\u{2028}\u{2029}\"") == 2 + 12)
    #expect(size("\"\u{2027}\u{202A}€\"") == 2 + 9)
  }

  @Test("no mutation of an event traps")
  func mutations() throws {
    let json = TaskEvent(task: try fullTask(), change: ["title"]).json
    for _ in 0..<5_000 {
      var mutated = json
      for _ in 0..<Int.random(in: 1...3) { mutated[Int.random(in: 0..<json.count)] = .random(in: 0x20...0x7F) }
      if case .task(let event)? = try? TaskTopicRecord(json: mutated.span) {
        #expect(try TaskTopicRecord(json: event.json.span) == .task(event))
      }
    }
  }
}
