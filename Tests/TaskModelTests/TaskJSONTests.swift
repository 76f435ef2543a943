import JSON
import Recurrence
import TaskModel
import Testing

@Suite("A task as JSON")
struct TaskJSONTests {
  @Test("an answer has every field of the contract in its order, null and [] where there is nothing")
  func bare() throws {
    #expect(
      String(decoding: try bareTask().json, as: UTF8.self)
        == #"{"id":"0195c2f1-7c3e-7a10-8f3e-0123456789ab","title":"Tea","notes":null,"status":"open","priority":null,"tags":[],"list":"inbox","parent":null,"due":null,"timeZone":"UTC","dueAt":null,"recurrence":null,"reminders":[],"seriesId":null,"occurrence":null,"createdAt":"2027-03-01T07:30:00Z","updatedAt":"2027-03-01T07:30:00Z","completedAt":null,"deletedAt":null,"version":1}"#
    )
  }

  @Test("an answer with everything, and without the owner")
  func full() throws {
    let answer = try JSONValue(parsing: try fullTask().json)
    #expect(
      answer == [
        "id": "0195c2f1-7c3e-7a10-8f3e-0123456789ab", "title": "Water the \"plants\"", "notes": "Not the cactus\nü",
        "status": "done",
        "priority": "high", "tags": ["Home", "garden"], "list": "chores",
        "parent": "0195c2f1-7c3e-7a10-8f3e-0123456789aa",
        "due": "2027-03-14T09:00:00", "timeZone": "Europe/Berlin", "dueAt": "2027-03-14T08:00:00Z",
        "recurrence": [
          "rule": "FREQ=WEEKLY;BYDAY=SU", "rdates": ["2027-04-01"], "exdates": ["2027-03-21T09:00:00"],
          "anchor": "completion", "catchUp": "last",
        ],
        "reminders": [["id": "r1", "before": "PT30M"], ["id": "r2", "at": "2027-02-01T00:00:00Z", "missed": true]],
        "seriesId": "0195c2f1-7c3e-7a10-8f3e-0123456789a9", "occurrence": "2027-03-14T09:00:00",
        "createdAt": "2027-03-01T07:30:00Z",
        "updatedAt": "2027-03-14T08:30:00.25Z", "completedAt": "2027-03-14T08:30:00.25Z",
        "deletedAt": "2027-03-15T00:00:00Z", "version": 7,
      ])
  }

  @Test("an answer is read back, but for the owner")
  func answerRoundTrip() throws {
    var expected = try fullTask()
    expected.owner = ""
    #expect(try TaskItem(json: try fullTask().json.span) == expected)
  }

  @Test("a state value keeps owner, change, next and withdrawn")
  func stored() throws {
    let stored = StoredTask(
      task: try fullTask(), lastChange: ["status", "completedAt"],
      next: .init(id: "0195c2f1-7c3e-5a10-8f3e-0123456789ab", version: 1, isWithdrawn: true),
      isWithdrawn: true)
    #expect(try StoredTask(json: stored.json.span) == stored)
    let plain = StoredTask(task: try bareTask(), lastChange: [])
    #expect(try StoredTask(json: plain.json.span) == plain)
    let value = try JSONValue(parsing: plain.json)
    #expect(value["owner"] == "anna" && value["lastChange"] == [] && value["next"] == nil && value["withdrawn"] == nil)
  }

  @Test(
    "what the store gives back in another order, with numbers as floats and members of a later release, is the same task"
  )
  func reordered() throws {
    let stored = StoredTask(task: try fullTask(), lastChange: ["title"], next: .init(id: "n", version: 2))
    var members = try #require(try JSONValue(parsing: stored.json).members)
    members.sort { $0.name < $1.name }
    members.insert(.init("zzz", ["a": [1, nil]]), at: 3)
    var value = JSONValue.object(members)
    value["version"] = 7.0
    #expect(try StoredTask(json: value.bytes.span) == stored)
  }

  @Test(
    "a value that is no task says where and why",
    arguments: [
      ("title", .int(1), .wrongKind), ("status", "later", .wrongKind), ("createdAt", "yesterday", .wrongKind),
      ("due", "2027-02-31", .wrongKind),
      ("version", 1.5, .wrongKind), ("version", .null, .wrongKind), ("owner", "", .wrongKind), ("id", nil, .wrongKind),
      ("reminders", [["id": "x"]], .wrongKind), ("reminders", [["id": "x", "before": "30M"]], .wrongKind),
      ("tags", "home", .wrongKind),
    ] as [(String, JSONValue?, JSONError.Code)])
  func refusals(_ name: String, _ value: JSONValue?, _ code: JSONError.Code) throws {
    var json = try JSONValue(parsing: StoredTask(task: try fullTask(), lastChange: []).json)
    json[name] = value
    let bytes = json.bytes
    #expect { try StoredTask(json: bytes.span) } throws: { ($0 as? JSONError)?.code == code }
  }
}
